import { SESSIONS_RPC, subjects } from '@deckwatch/contracts';
import { aContainerEvent, aSessionCount, containerIdOf, describeWith, eventually } from '@deckwatch/testing';
import { useGateway } from './fixture.ts';
import { callApi } from './rest-client.ts';

describeWith('nats')('who is on a container', () => {
  const fixture = useGateway();
  const get = (path: string) => callApi(fixture.gateway.port, 'GET', path);
  const id = containerIdOf(90);
  const impact = { apps: ['shop'], before: 312, gone: 118, withinMs: 10_000 };
  const runsOn = [{ app: 'shop', project: 'shop', service: 'web' }];

  it('stands in the lists of containers and of what happened, and is unknown while nobody answers', async () => {
    let asked: unknown;
    const served = fixture.bus.serve('sessions', SESSIONS_RPC, {
      count: () => aSessionCount({ byApp: { shop: 312 }, runsOn }),
      impact: ({ moments }: { moments: unknown[] }) => ((asked = moments), { items: moments.map(() => impact) }),
    } as never);
    await fixture.bus.flush();
    const front = aContainerEvent({ id, name: 'front', project: 'shop', service: 'web' });
    const log = fixture.bus.log('CONTAINERS');
    await log.append(subjects.container('beta', id), { ...front, event: 'oom', t: 6900 });
    await log.append(subjects.container('beta', id), { ...front, event: 'died', t: 7000 });
    await log.append(subjects.container('beta', id), { ...front, event: 'started', t: 8000 });
    const list = async () => (await get('/api/v1/containers')).body.items;
    await eventually(async () => expect(await list()).toMatchObject([{ name: 'front', sessions: 312 }]), {
      timeoutMs: 12_000,
    });

    const events = async () => (await get(`/api/v1/events?container=beta.${id}`)).body.items;
    expect(await events()).toMatchObject([
      { event: 'started', sessions: null },
      { event: 'died', sessions: impact },
      { event: 'oom', sessions: null },
    ]);
    expect(asked).toEqual([{ apps: ['shop'], at: 7000 }]);
    served.unsubscribe();
    expect(await events()).toMatchObject([{ event: 'started' }, { event: 'died', sessions: null }, { event: 'oom' }]);
  });
});
