import { setTimeout as sleep } from 'node:timers/promises';
import { SESSIONS_RPC } from '@deckwatch/contracts';
import { eventually } from '@deckwatch/testing';
import { Redis } from 'ioredis';
import { costOf } from '../process-tree.ts';
import { percentile, round, type Figures } from '../report.ts';
import { APP, document, type SessionStage } from './stage.ts';

const PIPELINE = 2000;

/** Fills the user's Redis. */
export async function fill(redis: Redis, sessions: number): Promise<void> {
  for (let from = 0; from < sessions; from += PIPELINE) {
    const pipeline = redis.pipeline();
    for (let n = from; n < Math.min(sessions, from + PIPELINE); n += 1) {
      pipeline.set(`sess:${n.toString(36).padStart(32, 'x')}`, document(n), 'EX', 86_400);
    }
    await pipeline.exec();
  }
}

/** What many live sessions cost: to load, to keep, to list and to compare again. */
export async function measureMany(stage: SessionStage, sessions: number): Promise<Figures> {
  await fill(stage.redis, sessions);
  const own = new Redis(stage.own.url);
  const [ownBefore, usersBefore] = [await usedMemory(own), await cpuSeconds(stage.redis)];
  const loadMs = await stage.start({ reconcileEverySeconds: 20 });
  const loadCpu = (await cpuSeconds(stage.redis)) - usersBefore;
  const rss = costOf(stage.sessionsPid).rss;
  const registry = (await usedMemory(own)) - ownBefore;
  const pages = await measurePages(stage);
  const again = await measureComparison(stage);
  own.disconnect();
  return {
    's until all are known': round(loadMs / 1000, 1),
    'sessions a second': round(sessions / (loadMs / 1000), 0),
    "of the user's Redis while loading, % of a core": round((loadCpu / (loadMs / 1000)) * 100, 1),
    'sessions service: bytes a session': round(rss / sessions, 0),
    'own Redis: bytes a session': round(registry / sessions, 0),
    ...pages,
    ...again,
  };
}

async function measurePages(stage: SessionStage): Promise<Figures> {
  const figures: Figures = {};
  for (const sort of ['lastSeenAt', 'user'] as const) {
    const times: number[] = [];
    let cursor: string | undefined;
    for (let page = 0; page < 100; page += 1) {
      const at = performance.now();
      const answer = await stage.bus.call('sessions', SESSIONS_RPC, 'list', { limit: 50, app: APP, sort, cursor });
      times.push(performance.now() - at);
      cursor = answer.nextCursor ?? undefined;
    }
    figures[`page of 50 by ${sort}: ms, p50`] = round(percentile(times, 0.5), 1);
    figures[`page of 50 by ${sort}: ms, p99`] = round(percentile(times, 0.99), 1);
  }
  return figures;
}

/** Waits for the next comparison of everything, and for its end. */
async function measureComparison(stage: SessionStage): Promise<Figures> {
  const { comparedAt } = await stage.state();
  await eventually(async () => Date.now() - comparedAt! > 20_500, { timeoutMs: 30_000, everyMs: 100 });
  const before = await cpuSeconds(stage.redis);
  const serviceBefore = costOf(stage.sessionsPid).cpuMs;
  const at = performance.now();
  await sleep(20_000);
  const took = (performance.now() - at) / 1000;
  const cpu = (await cpuSeconds(stage.redis)) - before;
  const again = (await stage.state()).comparedAt;
  return {
    "comparing again: of the user's Redis, % of a core": round((cpu / took) * 100, 2),
    'comparing again: of the sessions service, % of a core': round(((costOf(stage.sessionsPid).cpuMs - serviceBefore) / took / 1000) * 100, 1), // prettier-ignore
    'comparing again: done within 20 s': again === comparedAt ? 'no' : 'yes',
  };
}

async function usedMemory(redis: Redis): Promise<number> {
  return Number(/used_memory:(\d+)/.exec(await redis.info('memory'))![1]);
}

async function cpuSeconds(redis: Redis): Promise<number> {
  const text = await redis.info('cpu');
  const [, system] = /used_cpu_sys:([\d.]+)/.exec(text)!;
  const [, user] = /used_cpu_user:([\d.]+)/.exec(text)!;
  return Number(system) + Number(user);
}
