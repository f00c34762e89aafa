import { BUCKETS, COLLECTOR_RPC, HostRecord, SESSIONS_RPC, subjects } from '@deckwatch/contracts';
import {
  aHostReport,
  aSessionCount,
  aSessionEvent,
  aStatsRow,
  aStatsSweep,
  containerIdOf,
  describeWith,
  eventually,
} from '@deckwatch/testing';
import { useGateway } from './fixture.ts';

const sweep = (t: number, cpu: number) => aStatsSweep({ t, rows: [aStatsRow(containerIdOf(1), { cpu })] as never });

describeWith('nats')('when parts die', () => {
  const fixture = useGateway();

  it('the broker: clients stay, miss nothing that was stored, and figures go on', async () => {
    const { bus, nats } = fixture;
    bus.publish(subjects.host('alpha'), aHostReport());
    const client = await fixture.open();
    await client.subscribe(['stats', 'sessions.events', 'system'], { rateMs: 100 });
    await eventually(() => expect(client.of('snapshot')).toHaveLength(3));
    const publish = (n: number) =>
      bus.js.publish(subjects.session('shop', 'created'), JSON.stringify(aSessionEvent({ id: `s-${n}` })));
    await publish(1);
    await client.next('event');
    await nats.kill();
    await client.next(
      'update',
      ({ topic, data }) => topic === 'system' && JSON.stringify(data).includes('not connected'),
    );
    await nats.restart();
    await eventually(() => publish(2), { timeoutMs: 10_000 });
    await client.next('event', ({ data }) => data.id === 's-2', 10_000);
    await eventually(() => {
      bus.publish(subjects.stats('alpha'), sweep(Date.now(), 42));
      expect(JSON.stringify(client.of('update', 'stats'))).toContain(`["alpha.${containerIdOf(1)}",42,`);
    }, { everyMs: 100 }); // prettier-ignore
    const seqs = client.of('event').map(({ prev, seq }) => [prev, seq]);
    expect(seqs).toEqual([[0, 1], [1, 2]]); // prettier-ignore
    expect(client.closed).toBeUndefined();
  }, 40_000);

  it('a host, while no gateway was there: it is shown as down, as it was last', async () => {
    const hosts = await fixture.bus.bucket(BUCKETS.hosts, HostRecord);
    const report = aHostReport({ host: 'gone', t: Date.now() - 86_400_000, containers: 7 });
    await hosts.put('gone', { engineId: 'e1', machine: 'm1', t: report.t, report });
    const second = await fixture.another();
    const client = await fixture.open({ at: second });
    await client.subscribe(['hosts']);
    const { data } = await client.next('update', ({ topic, data }) => topic === 'hosts' && JSON.stringify(data).includes('"gone"'), 15_000); // prettier-ignore
    expect(JSON.stringify(data)).toContain('"status":"down"');
    await second.stop();
  }, 30_000);

  it('the gateway: it says 4009, and another one goes on where it stopped', async () => {
    const { bus } = fixture;
    const first = await fixture.another();
    const client = await fixture.open({ at: first });
    const before = (await client.subscribe(['sessions.events', 'hosts']))['topics'];
    await first.stop();
    expect(await client.ended()).toBe(4009);
    await bus.js.publish(subjects.session('shop', 'created'), JSON.stringify(aSessionEvent({ id: 'meanwhile' })));
    const again = await fixture.open();
    const since = Object.fromEntries(
      before.map(({ topic, epoch, seq }: { topic: string; epoch: unknown; seq: number }) => [topic, { epoch, seq }]),
    );
    const { topics } = await again.subscribe(['sessions.events', 'hosts'], { since });
    expect(topics).toMatchObject([
      { topic: 'sessions.events', recovered: true },
      { topic: 'hosts', recovered: false },
    ]);
    expect((await again.next('event')).data['data'].id).toBe('meanwhile');
    expect((await again.next('snapshot')).data['topic']).toBe('hosts');
  });
});

describeWith('nats')('interest', () => {
  const fixture = useGateway();

  it('follows on the bus what somebody looks at, and nothing else', async () => {
    const { bus, gateway } = fixture;
    let asked = 0;
    bus.publish(subjects.host('alpha'), aHostReport());
    bus.serve((method) => subjects.collectorRpc('alpha', method), COLLECTOR_RPC, {
      latest: () => {
        asked += 1;
        return sweep(1000, 1);
      },
    });
    const client = await fixture.open();
    await client.subscribe('hosts');
    await eventually(() => expect(JSON.stringify(client.frames)).toContain('alpha'));
    const received = () => gateway.bus.connection.stats().inMsgs;
    const heard = async (): Promise<boolean> => {
      await gateway.bus.flush();
      const before = received();
      for (let n = 0; n < 5; n += 1) bus.publish(subjects.stats('alpha'), sweep(2000 + n, n));
      await bus.flush();
      await gateway.bus.flush();
      return received() - before >= 5;
    };
    expect(await heard()).toBe(false);
    await client.subscribe('stats.alpha');
    await client.next('snapshot', ({ topic }) => topic === 'stats.alpha');
    expect(asked).toBe(1);
    expect(await heard()).toBe(true);
    await client.subscribe('stats');
    expect(asked).toBe(1);
    client.send('unsubscribe', { id: 1, topics: ['stats', 'stats.alpha'] });
    await eventually(async () => expect(await heard()).toBe(false), { timeoutMs: 10_000, everyMs: 500 });
  }, 20_000);
});

describeWith('nats')('own consoles', () => {
  const fixture = useGateway();

  it('are sessions of the app deckwatch, from hello to the end', async () => {
    const heard: { op: string; id: string; user: string; ttlMs: number }[] = [];
    fixture.bus.subscribe(subjects.ingestSessions('deckwatch'), (message) =>
      heard.push(message.json() as (typeof heard)[0]),
    );
    await fixture.bus.flush();
    const client = await fixture.open();
    const id = client.of('welcome')[0]!['connection'];
    await eventually(() => expect(heard).toMatchObject([{ op: 'start', id, user: 'admin', ttlMs: 45_000 }]));
    await client.close();
    await eventually(() => expect(heard.at(-1)).toMatchObject({ op: 'end', id }));
  });

  it('stay the same sessions when their gateway restarts, each known by its own key', async () => {
    const heard: { op: string; id: string }[] = [];
    fixture.bus.subscribe(subjects.ingestSessions('deckwatch'), (message) =>
      heard.push(message.json() as (typeof heard)[0]),
    );
    await fixture.bus.flush();
    const leaving = await fixture.another();
    const [mine, other] = ['the key of my console', 'the key of another console'];
    const client = await fixture.open({ at: leaving, console: mine });
    await eventually(() => expect(heard).toMatchObject([{ op: 'start' }]));
    await leaving.stop();
    expect(await client.ended()).toBe(4009);
    await eventually(() => expect(heard.at(-1)).toMatchObject({ op: 'touch', id: heard[0]!.id }));
    await fixture.open({ console: mine });
    await eventually(() => expect(heard.at(-1)).toMatchObject({ op: 'start', id: heard[0]!.id }));
    await fixture.open({ console: other });
    await eventually(() => expect(new Set(heard.map(({ id }) => id)).size).toBe(2));
  });

  it('counts what the sessions service counts, once it answers', async () => {
    const client = await fixture.open();
    await client.subscribe('sessions.count');
    expect(client.of('snapshot')).toEqual([]);
    fixture.bus.serve('sessions', SESSIONS_RPC, {
      count: () => aSessionCount({ active: 3, byApp: { deckwatch: 3 } }),
    } as never);
    expect((await client.next('snapshot')).data['data']).toMatchObject({ active: 3 });
  });
});
