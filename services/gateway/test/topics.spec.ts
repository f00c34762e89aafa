import { subjects, COLLECTOR_RPC, SESSIONS_RPC } from '@deckwatch/contracts';
import {
  aContainerEvent,
  aHostReport,
  aSessionCount,
  aSessionEvent,
  aStatsRow,
  aStatsSweep,
  anAlertMessage,
  containerIdOf,
  describeWith,
  eventually,
} from '@deckwatch/testing';
import { useGateway } from './fixture.ts';

const sweepOf = (host: string, t: number, ...cpus: number[]) =>
  aStatsSweep({ host, t, rows: cpus.map((cpu, index) => aStatsRow(containerIdOf(index), { cpu })) as never });

describeWith('nats')('state topics', () => {
  const fixture = useGateway();

  it('hosts: shows a host that reports, then each report', async () => {
    const client = await fixture.open();
    await client.subscribe('hosts', { rateMs: 100 });
    const snapshot = await client.next('snapshot');
    expect(snapshot.data).toMatchObject({ topic: 'hosts', data: { items: [] } });
    fixture.bus.publish(subjects.host('alpha'), aHostReport());
    const update = await client.next('update');
    expect(update.data['data'].items[0]).toMatchObject({ key: 'alpha', status: 'up', cpus: 4 });
    expect(update.data['seq']).toBeGreaterThan(snapshot.data['seq']);
  });

  it('containers: shows the inventory, changes, and removals by their key alone', async () => {
    const log = fixture.bus.log('CONTAINERS');
    const subject = subjects.container('alpha', containerIdOf(1));
    await log.append(subject, aContainerEvent({ id: containerIdOf(1), labels: { tier: 'front "end"' } }));
    const client = await fixture.open();
    await client.subscribe('containers', { rateMs: 100 });
    const key = `alpha.${containerIdOf(1)}`;
    await eventually(() => expect(JSON.stringify(client.frames)).toContain(key));
    await log.append(subject, aContainerEvent({ id: containerIdOf(1), state: 'exited', event: 'died' }));
    await client.next('update', ({ data }) => data.items[0]?.state === 'exited');
    await log.append(subject, aContainerEvent({ id: containerIdOf(1), state: 'dead', event: 'removed' }));
    const removal = await client.next('update', ({ data }) => data.items[0]?.removed === true);
    expect(removal.data['data'].items).toEqual([{ key, removed: true }]);
  });

  it('stats: asks the collector for its last sweep, sends what changed, and says what is gone', async () => {
    const { bus } = fixture;
    bus.publish(subjects.host('gamma'), aHostReport({ host: 'gamma' }));
    const served = bus.serve((method) => subjects.collectorRpc('gamma', method), COLLECTOR_RPC, {
      latest: () => sweepOf('gamma', 1000, 1, 2, 3),
    });
    await bus.flush();
    const client = await fixture.open();
    await client.subscribe('stats', { rateMs: 100 });
    const snapshot = await client.next('snapshot');
    expect(snapshot.data['data'].rows.map((row: unknown[]) => row.slice(0, 2))).toEqual(
      [0, 1, 2].map((n) => [`gamma.${containerIdOf(n)}`, n + 1]),
    );
    bus.publish(subjects.stats('gamma'), sweepOf('gamma', 2000, 1, 5));
    const update = await client.next('update');
    expect(update.data['data']).toEqual({
      t: 2000,
      cols: ['cpu', 'mem', 'memLimit', 'rx', 'tx', 'rd', 'wr', 'pids'],
      rows: [[`gamma.${containerIdOf(1)}`, ...aStatsRow('', { cpu: 5 }).slice(1)], [`gamma.${containerIdOf(2)}`]],
    });
    served.unsubscribe();
  });

  it('stats of one host, of one container and of what is visible: the same rows, in their scope', async () => {
    const { bus } = fixture;
    bus.publish(subjects.host('beta'), aHostReport({ host: 'beta' }));
    const served = bus.serve((method) => subjects.collectorRpc('beta', method), COLLECTOR_RPC, {
      latest: () => sweepOf('beta', 1000, 1, 2, 3),
    });
    await bus.flush();
    const client = await fixture.open();
    await client.subscribe(['hosts']);
    await eventually(() => expect(JSON.stringify(client.frames)).toContain('beta'));
    await client.subscribe(['stats.beta', `stats.beta.${containerIdOf(1)}`, 'stats.visible'], {
      rateMs: 100,
      keys: [`beta.${containerIdOf(2)}`, 'beta.nonsense'],
    });
    const keys = async (topic: string, event: string) =>
      (await client.next(event, (data) => data['topic'] === topic)).data['data'].rows.map((row: string[]) =>
        row[0]!.slice(-1),
      );
    expect(await keys('stats.beta', 'snapshot')).toEqual(['0', '1', '2']);
    expect(await keys(`stats.beta.${containerIdOf(1)}`, 'snapshot')).toEqual(['1']);
    expect(await keys('stats.visible', 'snapshot')).toEqual(['2']);
    bus.publish(subjects.stats('beta'), sweepOf('beta', 2000, 7, 8, 9));
    expect(await keys('stats.beta', 'update')).toEqual(['0', '1', '2']);
    expect(await keys(`stats.beta.${containerIdOf(1)}`, 'update')).toEqual(['1']);
    expect(await keys('stats.visible', 'update')).toEqual(['2']);
    served.unsubscribe();
  });

  it('sessions.count: counts all, then follows the events', async () => {
    const { bus } = fixture;
    const served = bus.serve('sessions', SESSIONS_RPC, {
      count: () => aSessionCount({ active: 5, byApp: { shop: 5 } }),
    } as never);
    await bus.flush();
    const client = await fixture.open();
    await client.subscribe('sessions.count', { rateMs: 100 });
    const snapshot = await client.next('snapshot');
    expect(snapshot.data['data']).toMatchObject({ active: 5, byApp: { shop: 5 } });
    await bus.js.publish(
      subjects.session('wiki', 'created'),
      JSON.stringify(aSessionEvent({ app: 'wiki', active: 2 })),
    );
    const update = await client.next('update');
    expect(update.data['data']).toMatchObject({ active: 7, byApp: { shop: 5, wiki: 2 } });
    served.unsubscribe();
  });

  it('system: shows flags, brokers and services', async () => {
    const client = await fixture.open();
    await client.subscribe('system');
    const { data } = (await client.next('snapshot')).data;
    expect(data.items).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ key: 'broker.nats', status: 'up' }),
        expect.objectContaining({ key: 'flag.containerStats', value: true }),
      ]),
    );
  });

  it.each(['stats.nowhere', `stats.nowhere.${containerIdOf(1)}`])(
    '%s, which nobody knows, is an empty snapshot',
    async (topic) => {
      const client = await fixture.open();
      const { rejected } = await client.subscribe(topic);
      expect(rejected).toEqual([]);
      expect((await client.next('snapshot')).data['data'].rows).toEqual([]);
    },
  );
});

describeWith('nats')('log topics', () => {
  const fixture = useGateway();

  it('sessions.events: the last ten, then every event in order with the seq before it', async () => {
    const { bus } = fixture;
    const publish = (n: number) =>
      bus.js.publish(subjects.session('shop', 'created'), JSON.stringify(aSessionEvent({ id: `s-${n}` })));
    for (let n = 1; n <= 12; n += 1) await publish(n);
    const client = await fixture.open();
    await eventually(async () => expect((await client.subscribe('sessions.events')).topics[0].seq).toBe(12));
    const snapshot = client.of('snapshot').at(-1)!;
    expect(snapshot['data'].items.map(({ id }: { id: string }) => id)).toEqual(
      [3, 4, 5, 6, 7, 8, 9, 10, 11, 12].map((n) => `s-${n}`),
    );
    for (let n = 13; n <= 40; n += 1) await publish(n);
    await eventually(() => expect(client.of('event')).toHaveLength(28));
    client.of('event').forEach(({ seq, prev, data }, index) => {
      expect([seq, prev, data.id]).toEqual([13 + index, 12 + index, `s-${13 + index}`]);
    });
  });

  it('alerts: those that are open, then each message', async () => {
    const log = fixture.bus.log('ALERTS');
    const message = (rule: string, state: 'firing' | 'resolved' | 'pending') =>
      anAlertMessage({ id: `${rule}-x-1`, rule: { id: rule, name: rule }, state });
    await log.append(subjects.alert('a', 'x'), message('a', 'firing'));
    await log.append(subjects.alert('b', 'x'), message('b', 'firing'));
    await log.append(subjects.alert('b', 'x'), message('b', 'resolved'));
    const client = await fixture.open();
    await eventually(async () => expect((await client.subscribe('alerts')).topics[0].seq).toBe(3));
    expect(
      client
        .of('snapshot')
        .at(-1)!
        ['data'].items.map(({ id }: { id: string }) => id),
    ).toEqual(['a-x-1']);
    await log.append(subjects.alert('c', 'x'), message('c', 'pending'));
    const event = await client.next('event');
    expect(event.data).toMatchObject({ topic: 'alerts', seq: 4, prev: 3, data: { id: 'c-x-1' } });
  });
});
