import { subjects } from '@deckwatch/contracts';
import {
  aSessionEvent,
  aStatsRow,
  aStatsSweep,
  anAlertMessage,
  containerIdOf,
  describeWith,
  eventually,
} from '@deckwatch/testing';
import { useGateway } from './fixture.ts';
import { callApi } from './rest-client.ts';
import { tokens } from './tokens.ts';

describeWith('nats')('flags', () => {
  const fixture = useGateway();
  const put = (name: string, value: boolean, at = fixture.gateway) =>
    fetch(`${at.url}/api/v1/flags/${name}`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${tokens.get(at.port)}` },
      body: JSON.stringify({ value }),
    });

  it.each([
    ['containerStats', ['stats', 'stats.alpha', 'stats.visible']],
    ['sessionEvents', ['sessions.count', 'sessions.events']],
    ['systemAlerts', ['alerts']],
  ])('%s off ends its topics within a second, rejects new ones, and on again they resume', async (flag, topics) => {
    const client = await fixture.open();
    await fixture.bus.js.publish('deckwatch.sessions.shop.created', '{}'); // unreadable: passed over
    await client.subscribe([...topics, 'hosts']);
    expect((await put(flag, false)).status).toBe(200);
    const ended = () => client.of('error').map(({ code, topic }) => `${code} ${topic}`);
    await eventually(() => expect(ended()).toEqual(topics.map((topic) => `disabled ${topic}`)), { timeoutMs: 1000 });
    const late = await fixture.open();
    expect(late.of('welcome')[0]!['flags'][flag]).toBe(false);
    const { topics: taken, rejected } = await late.subscribe([...topics, 'hosts']);
    expect(taken.map(({ topic }: { topic: string }) => topic)).toEqual(['hosts']);
    expect(rejected.map(({ topic, code }: { topic: string; code: string }) => `${code} ${topic}`)).toEqual(
      topics.map((topic) => `disabled ${topic}`),
    );
    const shown = topics.filter((topic) => topic !== 'sessions.count'); // nobody counts here
    client.clear();
    await put(flag, true);
    await eventually(() => expect(client.of('snapshot').map(({ topic }) => topic).sort()).toEqual([...shown].sort())); // prettier-ignore
    expect((await late.subscribe(topics))['rejected']).toEqual([]);
  });

  it.each([
    ['containerStats', 'stats'],
    ['sessionEvents', 'sessions.events'],
    ['systemAlerts', 'alerts'],
  ])('while %s is off nothing of %s comes, the others go on, and on again it does', async (flag, topic) => {
    const { bus } = fixture;
    let round = 0;
    const happen = async (): Promise<void> => {
      round += 1;
      bus.publish(subjects.stats('alpha'), aStatsSweep({ t: Date.now(), rows: [aStatsRow(containerIdOf(1), { cpu: round })] as never })); // prettier-ignore
      await bus.js.publish(subjects.session('shop', 'created'), JSON.stringify(aSessionEvent({ id: `s-${round}` })));
      await bus.js.publish(subjects.alert('cpu', `alpha-${flag}-${round}`), JSON.stringify(anAlertMessage({ id: `cpu-alpha-${flag}-${round}` }))); // prettier-ignore
    };
    const topics = ['stats', 'sessions.events', 'alerts'];
    const client = await fixture.open();
    await client.subscribe(topics, { rateMs: 100 });
    const told = () => new Set([...client.of('event'), ...client.of('update')].map((data) => String(data['topic'])));
    const tellsOf = (expected: string[]) => eventually(async () => {
      await happen();
      expect([...told()].sort()).toEqual([...expected].sort());
    }, { everyMs: 150 }); // prettier-ignore
    await tellsOf(topics);
    await put(flag, false);
    await client.next('error', ({ code, topic: ended }) => code === 'disabled' && ended === topic, 1000);
    client.clear();
    await tellsOf(topics.filter((other) => other !== topic));
    expect(client.closed).toBeUndefined();
    expect((await callApi(fixture.gateway.port, 'GET', '/api/v1/hosts')).status).toBe(200);
    await put(flag, true);
    await client.next('snapshot', (data) => data['topic'] === topic);
    client.clear();
    await tellsOf(topics);
  });

  it('selectiveSubscriptions off gives everybody everything, on again only what they asked for', async () => {
    const client = await fixture.open();
    await client.subscribe('hosts');
    await client.next('snapshot');
    await put('selectiveSubscriptions', false);
    const topics = () => new Set(client.of('snapshot').map(({ topic }) => topic));
    await eventually(() =>
      expect([...topics()].sort()).toEqual(['alerts', 'containers', 'hosts', 'sessions.events', 'stats', 'system']),
    );
    const newcomer = await fixture.open();
    await eventually(() => expect(newcomer.of('snapshot').length).toBeGreaterThanOrEqual(6));
    await put('selectiveSubscriptions', true);
    await newcomer.subscribe('hosts');
    await eventually(() =>
      expect(fixture.gateway.context.metrics.registry.metrics()).resolves.toContain(
        'deckwatch_gateway_channels{service="gateway"} 1',
      ),
    );
  });

  it('are the same at every gateway', async () => {
    const other = await fixture.another();
    const client = await fixture.open({ at: other });
    await client.subscribe('stats');
    await put('containerStats', false);
    await client.next('error', ({ code }) => code === 'disabled', 1000);
    expect((await callApi(other.port, 'GET', '/api/v1/flags')).body).toMatchObject({ containerStats: false });
    await put('containerStats', true);
  });

  it('has no flag that it does not know', async () => {
    const answer = await put('everything', true);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([
      404,
      'application/problem+json; charset=utf-8',
    ]);
  });
});
