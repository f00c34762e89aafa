import { subjects } from '@deckwatch/contracts';
import {
  aHostReport,
  aSessionEvent,
  aStatsRow,
  aStatsSweep,
  containerIdOf,
  describeWith,
  eventually,
} from '@deckwatch/testing';
import { useGateway } from './fixture.ts';

const CONTAINERS = 4000;
const SWEEPS = 40;
const sweep = (t: number) =>
  aStatsSweep({
    t,
    rows: Array.from({ length: CONTAINERS }, (_, n) => aStatsRow(containerIdOf(n), { cpu: t, rx: t * 7 })) as never,
  });

describeWith('nats')('clients that do not read', () => {
  const fixture = useGateway();

  it('miss updates, get the latest when they read again, and are told how many they missed', async () => {
    const { bus } = fixture;
    const [slow, other] = [await fixture.open(), await fixture.open()];
    bus.publish(subjects.host('alpha'), aHostReport());
    for (const client of [slow, other]) await client.subscribe('stats', { rateMs: 100 });
    await eventually(() => expect(other.of('snapshot')).toHaveLength(1));
    slow.socket.pause();
    let t = 0;
    const publish = async (): Promise<void> => {
      t += 1;
      bus.publish(subjects.stats('alpha'), sweep(t));
      await other.next('update', ({ data }) => data.t === t, 2000);
    };
    // Enough to fill what the kernel buffers on both sides.
    while (t < SWEEPS) await publish();
    slow.socket.resume();
    const dropped = await slow.next('dropped', () => true, 10_000);
    expect(dropped.data).toMatchObject({ topic: 'stats', count: expect.any(Number) });
    const latest = slow.of('update').at(-1)!;
    expect(latest['data'].t).toBe(SWEEPS);
    const rows = slow.of('update').reduce((sum, { data }) => sum + data.rows.length, 0);
    expect(rows + dropped.data['count']).toBe(SWEEPS * CONTAINERS);
    await publish();
    await slow.next('update', ({ data }) => data.t === SWEEPS + 1);
    expect(other.of('dropped')).toEqual([]);
  }, 60_000);

  it('are ended with 4008 past 1 MiB of unread log items, while others get every one', async () => {
    const { bus } = fixture;
    const [slow, other] = [await fixture.open(), await fixture.open({ batch: true })];
    for (const client of [slow, other]) await client.subscribe('sessions.events');
    slow.socket.pause();
    const attrs = { note: 'x'.repeat(900), more: 'y'.repeat(900), again: 'z'.repeat(900) };
    const total = 6000;
    for (let n = 0; n < total; n += 200) {
      const some = Array.from({ length: 200 }, (_, at) =>
        bus.js.publish(
          subjects.session('shop', 'created'),
          JSON.stringify(aSessionEvent({ id: `s-${n + at}`, attrs })),
        ),
      );
      await Promise.all(some);
    }
    await eventually(() => expect([other.closed, other.of('event').length]).toEqual([undefined, total]), {
      timeoutMs: 20_000,
    });
    other
      .of('event')
      .forEach(({ seq, prev }, index, all) => expect(prev).toBe(index === 0 ? seq - 1 : all[index - 1]!['seq']));
    const closed = 'deckwatch_gateway_closed_connections{code="4008",service="gateway"} 1';
    await eventually(async () => expect(await fixture.gateway.context.metrics.registry.metrics()).toContain(closed), {
      timeoutMs: 10_000,
    });
    await eventually(async () =>
      expect(await fixture.gateway.context.metrics.registry.metrics()).toContain(
        'deckwatch_gateway_connections{service="gateway"} 1',
      ),
    );
    slow.socket.resume();
    expect([4008, 1006]).toContain(await slow.ended(10_000));
  }, 60_000);
});

describeWith('nats')('half-open sockets', () => {
  const fixture = useGateway({ limits: { heartbeatMs: 300 } });

  it('are ended when two pings stay unanswered, while a quiet client that answers stays', async () => {
    const [dead, quiet] = [await fixture.open({ autoPong: false }), await fixture.open()];
    expect(await dead.ended()).toBe(1006);
    await eventually(() => expect(quiet.of('heartbeat').length).toBeGreaterThanOrEqual(4));
    expect(quiet.closed).toBeUndefined();
  });
});
