import type { Bus } from '@deckwatch/bus';
import {
  ALERTS_RPC,
  BUCKETS,
  HostRecord,
  subjects,
  type AlertMessage,
  type AlertRuleDraft,
} from '@deckwatch/contracts';
import { systemClock } from '@deckwatch/service-kit';
import {
  aHostReport,
  A_HOST,
  aStatsRow,
  aStatsSweep,
  containerIdOf,
  describeWith,
  eventually,
  recordingLog,
  startNats,
  startRedis,
  testBus,
  type NatsServer,
  type RedisServer,
} from '@deckwatch/testing';
import { shardOf } from '../src/evaluation/own-shards.ts';
import { leaseKey } from '../src/leadership/formation.ts';
import { LeaseRecord } from '../src/leadership/lease.ts';
import { Freezer } from './frozen.ts';
import { OddBroker } from './odd-broker.ts';
import { OddReceiver } from './odd-receiver.ts';
import { checkStory } from './story.ts';
import { Outside, startAlerts, type RunningAlerts } from './support.ts';

jest.setTimeout(90_000);

const BUSY: AlertRuleDraft = {
  id: 'busy',
  name: 'Busy',
  target: 'container',
  condition: { metric: 'cpu', op: '>', value: 80 },
  channels: ['hook'],
  notify: { groupMs: 0 },
};
const IDS = Array.from({ length: 12 }, (_, number) => containerIdOf(number));
const shardOfId = (id: string): number => shardOf(`${A_HOST}.${id}`, 2);

describeWith('nats', 'redis')('alerts in two shards', () => {
  let nats: NatsServer;
  let redis: RedisServer;
  let bus: Bus;
  let outside: Outside;
  let receiver: OddReceiver;
  let running: RunningAlerts[];
  let t: number;

  const start = async (over: Partial<Parameters<typeof startAlerts>[1]> = {}): Promise<RunningAlerts> => {
    const alerts = await startAlerts(nats, { redisUrl: redis.url, shards: 2, ...over });
    running.push(alerts);
    return alerts;
  };
  const evaluate = (alerts: RunningAlerts, ...shards: number[]) =>
    eventually(() => expect([...alerts.supervisor.shards].sort()).toEqual(shards), { timeoutMs: 20_000 });
  /** The first with shard 0, the second with shard 1. */
  const startBoth = async (over: Partial<Parameters<typeof startAlerts>[1]> = {}): Promise<RunningAlerts[]> => {
    const first = await start();
    await evaluate(first, 0, 1);
    const second = await start(over);
    await evaluate(second, 1);
    await evaluate(first, 0);
    await eventually(() => expect(second.parts.snapshot().evaluator).toBeNull());
    for (const { supervisor } of [first, second])
      await eventually(() => expect(supervisor.evaluator.thresholds.index.size).toBe(IDS.length));
    return [first, second];
  };
  const sweep = (cpu: number, ids = IDS): void => {
    t += 1000;
    const rows = ids.map((id) => aStatsRow(id, { cpu }));
    bus.publish(subjects.stats(A_HOST), aStatsSweep({ t, rows: rows as never }));
  };
  const told = (): string[] =>
    receiver.calls.map(({ body }) => {
      const { id, state } = JSON.parse(body) as AlertMessage;
      return `${id} ${state}`;
    });
  const of = (id: string): AlertMessage[] => outside.heard.filter(({ target }) => target.key === `${A_HOST}.${id}`);
  const states = (id: string): string[] => of(id).map(({ state }) => state);

  beforeEach(async () => {
    t = Date.now() - 600_000;
    running = [];
    [nats, redis, receiver] = await Promise.all([startNats(), startRedis(), new OddReceiver().listen()]);
    bus = await testBus(nats);
    outside = new Outside(bus);
    for (const id of IDS) await outside.container({ id });
  });

  afterEach(async () => {
    for (const alerts of running) await alerts.stop();
    receiver.close();
    await bus.close();
    await Promise.all([nats.stop(), redis.stop()]);
  });

  it('are told once, by whoever has their shard, also when that one dies and comes back', async () => {
    const [first, second] = (await startBoth()) as [RunningAlerts, RunningAlerts];
    const channel = { name: 'Hook', type: 'webhook', url: receiver.url, allowPrivate: true, perMinute: 6000 } as const;
    await bus.call('alerts', ALERTS_RPC, 'saveChannel', { channel });
    await outside.save(BUSY);
    for (const { supervisor } of [first, second])
      await eventually(() => expect(supervisor.evaluator.thresholds.index.rules.has('busy')).toBe(true));
    sweep(95);
    await eventually(() => expect(IDS.map(states)).toEqual(IDS.map(() => ['firing'])));
    const judged = [first, second].map(({ supervisor }) => supervisor.evaluator.thresholds.samples);
    expect(judged).toEqual([0, 1].map((shard) => IDS.filter((id) => shardOfId(id) === shard).length));
    await eventually(() => expect(told().sort()).toEqual(IDS.map((id) => `busy-${A_HOST}-${id}-1 firing`).sort()));

    // What was answered and is not noted yet would be told again, under the same key.
    const delivered = { state: 'delivered', limit: 100 } as const;
    await eventually(async () =>
      expect((await bus.call('alerts', ALERTS_RPC, 'deliveries', delivered)).items).toHaveLength(IDS.length),
    );

    const orphan = IDS.find((id) => shardOfId(id) === 0)!;
    const diedAt = Date.now();
    running.splice(running.indexOf(first), 1);
    await first.crash();
    await eventually(() => {
      sweep(10, [orphan]);
      expect(states(orphan)).toEqual(['firing', 'resolved']);
    });
    expect(Date.now() - diedAt).toBeLessThan(3000);

    await evaluate(second, 0, 1);
    sweep(
      95,
      IDS.filter((id) => id !== orphan),
    );
    const third = await start();
    await evaluate(third, 1);
    await evaluate(second, 0);
    await eventually(() => {
      sweep(10);
      expect(IDS.map(states)).toEqual(IDS.map(() => ['firing', 'resolved']));
    });
    for (const id of IDS) checkStory(of(id));
    await eventually(() => expect(told()).toHaveLength(2 * IDS.length), { timeoutMs: 10_000 });
    expect(new Set(told()).size).toBe(2 * IDS.length);
  });

  it('are acknowledged through the other shard, and lose no transition by that', async () => {
    await startBoth();
    await outside.save({ ...BUSY, channels: [] });
    const two = [0, 1].map((shard) => IDS.find((id) => shardOfId(id) === shard)!);
    for (const round of [1, 2, 3, 4, 5]) {
      await eventually(() => {
        sweep(95, two);
        for (const id of two) expect(states(id).filter((state) => state === 'firing').length).toBeGreaterThan(0);
        for (const id of two)
          expect(of(id).at(-1)).toMatchObject({ state: 'firing', id: `busy-${A_HOST}-${id}-${round}` });
      });
      const acks = two.map((id) =>
        bus.call('alerts', ALERTS_RPC, 'ack', { id: `busy-${A_HOST}-${id}-${round}`, by: 'ada', note: 'on it' }),
      );
      // In some rounds while it is being stored.
      if (round % 2 === 0) await Promise.all(acks);
      sweep(10, two);
      await Promise.allSettled(acks);
      await eventually(() => {
        for (const id of two) expect(of(id).at(-1)).toMatchObject({ state: 'resolved' });
      });
      if (round % 2 === 0) for (const id of two) expect(of(id).at(-1)!.ack).toMatchObject({ by: 'ada' });
    }
    for (const id of two) checkStory(of(id));
    const { items } = await bus.call('alerts', ALERTS_RPC, 'active', {});
    expect(items).toEqual([]);
  });

  it('are inhibited and silenced across shards', async () => {
    const hosts = { engineId: 'e', machine: 'm', t: Date.now(), report: aHostReport() };
    await (await bus.bucket(BUCKETS.hosts, HostRecord)).put(A_HOST, hosts);
    const host = shardOf(A_HOST, 2);
    const other = IDS.find((id) => shardOfId(id) !== host)!;
    await start();
    await evaluate(running[0]!, 0, 1);
    await start();
    await evaluate(running[1]!, 1);
    await eventually(() => expect(running.every(({ parts }) => parts.snapshot().evaluator === null)).toBe(true));
    const silent = { noData: 'alert' as const, channels: [] };
    await outside.save({ ...BUSY, ...silent, condition: { metric: 'cpu', op: '>', value: 900 } });
    await outside.save({ ...BUSY, ...silent, id: 'gone', name: 'Gone', target: 'host', condition: { metric: 'cpu', op: '>', value: 9e9 } }); // prettier-ignore
    await eventually(() => expect(IDS.map(states)).toEqual(IDS.map(() => ['nodata'])), { timeoutMs: 30_000 });
    expect(outside.heard.map(({ inhibitedBy }) => inhibitedBy)).toEqual([null, ...IDS.map(() => `gone-${A_HOST}-1`)]);
    const silence = { matchers: { target: `*${other}` }, endsAt: Date.now() + 600_000 };
    const { id } = await bus.call('alerts', ALERTS_RPC, 'saveSilence', { silence, by: 'ada' });
    await eventually(() => expect(of(other).at(-1)).toMatchObject({ change: 'silence', silencedBy: [id] }));
    bus.publish(subjects.host(A_HOST), aHostReport({ t: Date.now() }));
    await eventually(() => expect(of(other).at(-1)).toMatchObject({ change: 'inhibit', inhibitedBy: null }), {
      timeoutMs: 15_000,
    });
    await eventually(() => expect(IDS.every((one) => of(one).at(-1)!.inhibitedBy === null)).toBe(true));
  });

  it('are safe from an instance that stood still and goes on after its shard was taken over', async () => {
    const freezer = new Freezer();
    const [first, second] = (await startBoth({ clock: freezer.clock, onBus: freezer.onBus })) as [RunningAlerts, RunningAlerts]; // prettier-ignore
    await outside.save({ ...BUSY, channels: [], noData: 'alert' });
    const [fires, ends] = IDS.filter((id) => shardOfId(id) === 1) as [string, string];
    await eventually(() => {
      sweep(95, [ends]);
      expect(states(ends)).toEqual(['firing']);
    });
    freezer.freeze();
    await eventually(
      () => {
        sweep(10);
        expect([...first.supervisor.shards].sort()).toEqual([0, 1]);
        expect(states(ends)).toEqual(['firing', 'resolved']);
      },
      { timeoutMs: 20_000, everyMs: 200 },
    );
    sweep(95, [fires]);
    await eventually(() => expect(states(fires)).toEqual(['firing']));
    sweep(10, [fires]);
    await eventually(() => expect(states(fires)).toEqual(['firing', 'resolved']));
    const before = outside.heard.length;
    freezer.thaw();
    await evaluate(second, 1);
    await evaluate(first, 0);
    sweep(10);
    await eventually(() => {
      sweep(95, [fires]);
      expect(states(fires)).toEqual(['firing', 'resolved', 'firing']);
    });
    expect(outside.heard).toHaveLength(before + 1);
    for (const id of IDS) checkStory(of(id));
  });

  it('are stored once where a shard is lost and comes back while that still waits', async () => {
    const broker = new OddBroker();
    const alerts = await start({ onBus: broker.onBus });
    await evaluate(alerts, 0, 1);
    await outside.save({ ...BUSY, channels: [] });
    const id = IDS.find((one) => shardOfId(one) === 1)!;
    broker.holdAlerts();
    await eventually(() => {
      sweep(95, [id]);
      expect(alerts.supervisor.waiting).toBe(1);
    });
    const leases = await bus.bucket(BUCKETS.leases, LeaseRecord);
    const write = (holder: string | null) =>
      eventually(async () => {
        const { value, revision } = (await leases.get(leaseKey(1)))!;
        await leases.update(leaseKey(1), { ...value, holder }, revision);
      });
    await write('another');
    await evaluate(alerts, 0);
    await write(null);
    await eventually(() => expect(alerts.parts.snapshot().evaluator).toBe('taking over'));
    // Time enough to take it, if it did not wait.
    for (let round = 0; round < 30; round += 1) {
      sweep(95, [id]);
      await bus.call('alerts', ALERTS_RPC, 'active', {});
    }
    broker.letAlertsGo();
    await evaluate(alerts, 0, 1);
    sweep(95, [id]);
    await eventually(() => {
      sweep(10, [id]);
      expect(states(id).at(-1)).toBe('resolved');
    });
    expect(states(id)).toEqual(['firing', 'resolved']);
    checkStory(of(id));
  });

  it('are told again or begin anew where their stream is made anew while a shard is being taken over', async () => {
    const broker = new OddBroker();
    const first = await start({ onBus: broker.onBus });
    await evaluate(first, 0, 1);
    const second = await start();
    await evaluate(second, 1);
    await evaluate(first, 0);
    await outside.save({ ...BUSY, channels: [] });
    for (const { supervisor } of [first, second])
      await eventually(() => expect(supervisor.evaluator.thresholds.index.rules.has('busy')).toBe(true));
    await eventually(() => {
      sweep(95);
      expect(IDS.map(states)).toEqual(IDS.map(() => ['firing']));
    });
    const active = async () => (await bus.call('alerts', ALERTS_RPC, 'active', {})).items;
    await eventually(async () => expect(await active()).toHaveLength(IDS.length));
    running.splice(running.indexOf(second), 1);
    await second.crash();
    broker.beforeLook = async () => {
      await bus.jsm.streams.delete('ALERTS');
      await bus.ensureStreams();
    };
    await evaluate(first, 0, 1);
    const own = IDS.filter((id) => shardOfId(id) === 0);
    await eventually(() => expect(own.map(states)).toEqual(own.map(() => ['firing', 'firing'])), { timeoutMs: 15_000 });
    // Whoever had the second shard is dead: its alerts begin anew, beyond all numbers that were.
    await eventually(() => {
      sweep(95);
      expect(IDS.map(states)).toEqual(IDS.map(() => ['firing', 'firing']));
    });
    const ids = IDS.map((id) => new Set(of(id).map((message) => message.id)).size);
    expect(ids).toEqual(IDS.map((id) => shardOfId(id) + 1));
    await eventually(() => {
      sweep(10);
      expect(IDS.map(states)).toEqual(IDS.map(() => ['firing', 'firing', 'resolved']));
    });
    expect(await active()).toEqual([]);
  });

  it('are handed over while something of another shard still waits', async () => {
    const broker = new OddBroker();
    const first = await start({ onBus: broker.onBus });
    await evaluate(first, 0, 1);
    await outside.save({ ...BUSY, channels: [] });
    const id = IDS.find((one) => shardOfId(one) === 0)!;
    broker.holdAlerts();
    await eventually(() => {
      sweep(95, [id]);
      expect(first.supervisor.waiting).toBe(1);
    });
    const second = await start();
    await evaluate(second, 1);
    expect([first.supervisor.shards, first.supervisor.waiting]).toEqual([[0], 1]);
    broker.letAlertsGo();
    await eventually(() => expect(states(id)).toEqual(['firing']));
  });

  it('are evaluated by an instance that stood still before it began only when its leases are confirmed', async () => {
    const broker = new OddBroker();
    const log = recordingLog();
    let stoodStillMs = 0;
    const clock = { ...systemClock, now: () => Date.now() + stoodStillMs };
    const faults = () => log.lines.filter(({ message }) => message === 'evaluation not started').map(({ fields }) => fields.fault); // prettier-ignore
    broker.refuses.add('looks');
    const alerts = await start({ onBus: broker.onBus, clock, log });
    await eventually(() => expect(faults()).toContain('refused: looks'));
    broker.refuses.add('leases');
    stoodStillMs = 10_000;
    await eventually(() => expect(broker.refused).toContain('leases'));
    broker.refuses.delete('looks');
    await eventually(() => expect(faults()).toContain('the leases are not confirmed'));
    broker.refuses.delete('leases');
    await evaluate(alerts, 0, 1);
  });

  it('go on where the only shard was when their number changes: what happened meanwhile is told', async () => {
    const only = await start({ shards: 1 });
    await eventually(() => only.supervisor.leading);
    const [a, b] = [await start(), await start()];
    await eventually(() => expect([a, b].map(({ parts }) => parts.snapshot().evaluator)).toEqual([null, null]));
    expect([...a.supervisor.shards, ...b.supervisor.shards]).toEqual([]);
    running.splice(0, 1);
    await only.stop();
    const two = [0, 1].map((shard) => IDS.find((id) => shardOfId(id) === shard)!);
    for (const id of two) await outside.container({ id, state: 'exited', event: 'died', exitCode: 137 });
    await eventually(() => expect(two.map(states)).toEqual([['firing'], ['firing']]), { timeoutMs: 15_000 });
    await eventually(() => expect([a, b].map(({ supervisor }) => supervisor.shards.length)).toEqual([1, 1]), {
      timeoutMs: 20_000,
    });
    for (const id of two) checkStory(of(id));
  });
});
