import { setTimeout as pause } from 'node:timers/promises';
import type { Bus } from '@deckwatch/bus';
import { brokerUser, type NatsServer, type RedisServer } from '@deckwatch/testing';
import { Redis } from 'ioredis';
import { Fate, type KillPoint } from './fate.ts';
import type { Incident } from './incident.ts';
import { OddReceiver } from './odd-receiver.ts';
import { startAlerts } from './support.ts';

const LAST_BREATH_MS = 1000;
const QUEUE = 'deckwatch:notify-hook';

/** Lives of the alerts service, one after the other, each thrown away at its end. */
export class Lives {
  /** Each kind of exchange that came by in any of them. */
  readonly seen = new Set<string>();
  count = 0;
  private readonly queue: Redis;
  private readonly burials: Promise<void>[] = [];

  constructor(
    private readonly nats: NatsServer,
    private readonly redis: RedisServer,
    private readonly receiver: OddReceiver,
    private readonly incident: Incident,
  ) {
    this.queue = new Redis(redis.url);
  }

  /**
   * One life, in this process with connections of its own: they are cut at that point, or when an incident has gone
   * well. Resolves with what it did, and whether it came to the point.
   */
  async live(point?: KillPoint): Promise<{ passed: Fate['passed']; killed: boolean }> {
    const fate = new Fate(point);
    let own: Bus | undefined;
    const starting = startAlerts(this.nats, {
      redisUrl: fate.redisUrl(brokerUser(this.redis, 'alerts').url),
      clock: fate.clock,
      onBus: (made) => fate.ruleBroker((own = made).connection),
    });
    this.receiver.answer = (request, response) => fate.called(() => OddReceiver.says(204)(request, response));
    const when = point ? `killed ${point.side} ${point.kind} ${point.nth}` : 'in peace';
    const killed = await this.incident.goOn(() => fate.dead, 1, when);
    fate.kill();
    this.burials.push(bury(fate, starting, () => own));
    for (const kind of fate.passed.keys()) this.seen.add(kind);
    this.count += 1;
    await (this.count % 2 === 0 ? this.queue.flushall() : this.findDeadAttempts());
    return { passed: fate.passed, killed };
  }

  async end(): Promise<void> {
    await Promise.all(this.burials);
    this.queue.disconnect();
  }

  /** As if the locks of what was under way had run out, and somebody had looked once since. */
  private async findDeadAttempts(): Promise<void> {
    const active = await this.queue.lrange(`${QUEUE}:active`, 0, -1);
    if (active.length > 0) await this.queue.sadd(`${QUEUE}:stalled`, ...active);
    await this.queue.del(`${QUEUE}:stalled-check`, ...active.map((id) => `${QUEUE}:${id}:lock`));
  }
}

async function bury(fate: Fate, starting: ReturnType<typeof startAlerts>, own: () => Bus | undefined): Promise<void> {
  await fate.buried();
  // What waits for an answer of the broker waits for good.
  const limit = (): Promise<undefined> => pause(LAST_BREATH_MS, undefined, { ref: false });
  const alerts = await Promise.race([starting.catch(() => undefined), limit()]);
  if (alerts) await Promise.race([alerts.crash(), limit()]);
  await alerts?.supervisor.notifications.close();
  await own()?.close();
}
