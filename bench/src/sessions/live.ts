import { setTimeout as sleep } from 'node:timers/promises';
import { SESSIONS_RPC } from '@deckwatch/contracts';
import { percentile, round, type Figures } from '../report.ts';
import { LiveClient } from './live-client.ts';
import { Stages } from './stages.ts';
import { APP, document, publicId, type Costs, type SessionStage } from './stage.ts';

export interface LiveOptions {
  seconds: number;
  /** Changes a second. */
  changes: number;
  /** Whether to tell where the time goes, too: that costs some itself. */
  stages: boolean;
}

const TICK_MS = 1;
/** How long a session lives before it is logged out. */
const LIFE_MS = 2000;

/** Logins and logouts at a steady pace, and when each was written. */
class Traffic {
  readonly latencies: number[] = [];
  readonly late: string[] = [];
  private readonly written = new Map<string, number>();
  private readonly living: { id: string; at: number }[] = [];
  private next = 0;
  private owed = 0;

  constructor(
    private readonly stage: SessionStage,
    client: LiveClient,
    stages: Stages | null,
  ) {
    client.onEvent = ({ id, event }) => {
      const key = `${event} ${id}`;
      const at = this.written.get(key);
      if (at === undefined) return;
      this.written.delete(key);
      this.latencies.push(performance.now() - at);
      stages?.arrived(key, at);
    };
  }

  /** How many writes nobody has told of yet. */
  get open(): number {
    return this.written.size;
  }

  async run(seconds: number, changes: number): Promise<void> {
    const startedAt = performance.now();
    let done = 0;
    for (let now = startedAt; now - startedAt < seconds * 1000; now = performance.now()) {
      this.owed = Math.floor(((now - startedAt) / 1000) * changes) - done;
      done += this.owed;
      this.write(this.owed, now);
      await sleep(TICK_MS);
    }
  }

  /** Half of them logouts, once there is somebody to log out. */
  private write(count: number, now: number): void {
    const pipeline = this.stage.redis.pipeline();
    for (let at = 0; at < count; at += 1) {
      const oldest = this.living[0];
      if (at % 2 === 1 && oldest && now - oldest.at > LIFE_MS) {
        this.living.shift();
        pipeline.del(`sess:${oldest.id}`);
        this.written.set(`destroyed ${publicId(oldest.id)}`, now);
      } else {
        const id = `live-${(this.next += 1)}`;
        pipeline.set(`sess:${id}`, document(this.next), 'EX', 86_400);
        this.written.set(`created ${publicId(id)}`, now);
        this.living.push({ id, at: now });
      }
    }
    void pipeline.exec();
  }
}

/** From the write at the source to the frame at a console, at a steady number of changes a second. */
export async function measureEvents(stage: SessionStage, { seconds, changes, stages }: LiveOptions): Promise<Figures> {
  const client = await LiveClient.open(stage.gatewayUrl, stage.token);
  const where = stages ? new Stages(stage) : null;
  const traffic = new Traffic(stage, client, where);
  await traffic.run(6, changes);
  traffic.latencies.length = 0;
  where?.clear();
  const before = stage.costs();
  const startedAt = performance.now();
  await traffic.run(seconds, changes);
  const after = stage.costs();
  const took = performance.now() - startedAt;
  await sleep(500);
  const told = traffic.latencies.length;
  client.close();
  return {
    'events: told a second': round(told / seconds, 0),
    'events: ms from the write to the socket, p50': round(percentile(traffic.latencies, 0.5), 1),
    'events: ms from the write to the socket, p99': round(percentile(traffic.latencies, 0.99), 1),
    'events: ms from the write to the socket, greatest': round(percentile(traffic.latencies, 1), 1),
    'events: never told': traffic.open,
    ...where?.figures(),
    ...shares(before, after, took),
  };
}

/** From a single write after quiet, and from each of many, to the frame with the count. */
export async function measureCount(stage: SessionStage, { changes }: LiveOptions): Promise<Figures> {
  const client = await LiveClient.open(stage.gatewayUrl, stage.token);
  const single: number[] = [];
  let active = (await stage.bus.call('sessions', SESSIONS_RPC, 'count', {})).byApp[APP] ?? 0;
  let shown = (_: number): void => undefined;
  client.onCount = ({ byApp }) => shown(byApp[APP] ?? 0);
  for (let n = 0; n < 30; n += 1) {
    await sleep(300);
    const at = performance.now();
    active += 1;
    const counted = new Promise<void>((resolve) => (shown = (value) => void (value >= active && resolve())));
    await stage.redis.set(`sess:single-${n}`, document(n), 'EX', 86_400);
    await counted;
    single.push(performance.now() - at);
  }
  const busy = await measureRising(stage, client, active, changes);
  client.close();
  return {
    'count: ms after a single write, p50': round(percentile(single, 0.5), 1),
    'count: ms after a single write, p99': round(percentile(single, 0.99), 1),
    'count: ms after each write, ten frames a second, p50': round(percentile(busy.afterWrite, 0.5), 1),
    'count: ms after each write, ten frames a second, p99': round(percentile(busy.afterWrite, 0.99), 1),
    'count: ms after the event of that write, p50': round(percentile(busy.afterEvent, 0.5), 1),
    'count: ms after the event of that write, p99': round(percentile(busy.afterEvent, 0.99), 1),
  };
}

async function measureRising(stage: SessionStage, client: LiveClient, from: number, changes: number) {
  const writtenAt: number[] = [];
  const toldAt: number[] = [];
  const afterWrite: number[] = [];
  const afterEvent: number[] = [];
  let counted = 0;
  client.onEvent = ({ app, active }) => {
    if (app === APP) toldAt[active - from - 1] = performance.now();
  };
  client.onCount = ({ byApp }) => {
    const now = performance.now();
    for (; counted < Math.min((byApp[APP] ?? 0) - from, writtenAt.length); counted += 1) {
      afterWrite.push(now - writtenAt[counted]!);
      afterEvent.push(now - (toldAt[counted] ?? now));
    }
  };
  const perTick = (changes / 1000) * TICK_MS;
  for (let tick = 0; tick < 500; tick += 1) {
    const pipeline = stage.redis.pipeline();
    for (let at = 0; at < perTick; at += 1) {
      pipeline.set(`sess:rising-${writtenAt.length}`, document(at), 'EX', 86_400);
      writtenAt.push(performance.now());
    }
    void pipeline.exec();
    await sleep(TICK_MS);
  }
  await sleep(500);
  return { afterWrite, afterEvent };
}

export function shares(before: Costs, after: Costs, tookMs: number): Figures {
  const parts = Object.keys(before) as (keyof Costs)[];
  return Object.fromEntries(
    parts.map((part) => [`CPU, % of a core: ${part}`, round(((after[part] - before[part]) / tookMs) * 100, 1)]),
  );
}
