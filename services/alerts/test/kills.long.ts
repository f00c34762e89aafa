import { nanos } from '@nats-io/nats-core';
import type { Bus } from '@deckwatch/bus';
import {
  describeWith,
  eventually,
  startNats,
  startRedis,
  testBus,
  type NatsServer,
  type RedisServer,
} from '@deckwatch/testing';
import { Fate, type KillPoint } from './fate.ts';
import { Incident } from './incident.ts';
import { allPoints, READS, somePoints, WRITES } from './kill-points.ts';
import { Lives } from './lives.ts';
import { OddReceiver } from './odd-receiver.ts';
import { Outside, startAlerts } from './support.ts';

/** `all`: at every exchange of an incident; a number: at every write, and at another choice of reads. */
const KILLS = process.env['DECKWATCH_KILLS'] ?? '1';
/** A message that a dead process took comes again so soon. */
const ACK_WAIT_MS = 400;

jest.setTimeout(KILLS === 'all' ? 1_200_000 : 300_000);

describeWith('nats', 'redis')('an alerts service that is killed', () => {
  let nats: NatsServer;
  let redis: RedisServer;
  let bus: Bus;
  let receiver: OddReceiver;
  let incident: Incident;
  let release: (() => void) | undefined;
  let lives: Lives;

  beforeAll(async () => {
    release = Fate.ruleRedis();
    [nats, redis, receiver] = await Promise.all([startNats(), startRedis(), new OddReceiver().listen()]);
    bus = await testBus(nats);
    incident = new Incident(new Outside(bus), receiver);
    lives = new Lives(nats, redis, receiver, incident);
    const first = await startAlerts(nats, { redisUrl: redis.url });
    await eventually(() => first.supervisor.leading);
    await incident.prepare();
    await first.stop();
    await bus.jsm.consumers.update('ALERTS', 'alerts-notifier', { ack_wait: nanos(ACK_WAIT_MS) });
  });
  afterEach(() => {
    const listed = [...WRITES, ...READS];
    expect([...lives.seen].filter((kind) => !listed.includes(kind))).toEqual([]);
  });
  afterAll(async () => {
    await lives?.end();
    release?.();
    receiver?.close();
    await bus?.close();
    await Promise.all([nats?.stop(), redis?.stop()]);
  });

  it('at exchanges of each kind with brokers and receivers: all is stored once and told, in order', async () => {
    const { passed } = await lives.live();
    const points = KILLS === 'all' ? allPoints(passed) : somePoints(passed, Number(KILLS));
    const missed: KillPoint[] = [];
    for (const point of points) {
      // Some come by time, now more often, now less.
      const killed = (await lives.live(point)).killed || (await lives.live({ ...point, nth: 1 })).killed;
      if (!killed) missed.push(point);
    }
    await lives.live();
    incident.check();
    expect(WRITES.filter((kind) => !passed.has(kind) || missed.some((point) => point.kind === kind))).toEqual([]);
    const { told } = incident;
    const repeated = told.length - new Set(told).size;
    const counts = { points: points.length, kinds: passed.size, missed: missed.length, notices: told.length, repeated };
    process.stdout.write(`${JSON.stringify(counts)}\n`);
    // Two alerts: no more than that can be on its way when it is killed.
    expect(repeated).toBeGreaterThan(0);
    expect(repeated).toBeLessThanOrEqual(2 * lives.count);
  });
});
