import { SESSIONS_RPC } from '@deckwatch/contracts';
import { eventually } from '@deckwatch/testing';
import { Redis } from 'ioredis';
import { costOf } from '../process-tree.ts';
import { percentile, round, type Figures } from '../report.ts';
import { shares } from './live.ts';
import { APP, document, type SessionStage } from './stage.ts';

const PIPELINE = 2000;
/** The pause between two comparisons here, the shortest there is; and the usual one. */
const EVERY_MS = 10_000;
const USUAL_EVERY_MS = 600_000;
const MOST_LOAD_MS = 480_000;
/** It rests nine tenths of its time, so that the Redis has time for its users. */
const MOST_COMPARING_MS = 1_800_000;

/** Fills the user's Redis. */
export async function fill(redis: Redis, sessions: number): Promise<void> {
  for (let from = 0; from < sessions; from += PIPELINE) {
    const pipeline = redis.pipeline();
    for (let n = from; n < Math.min(sessions, from + PIPELINE); n += 1) {
      pipeline.set(`sess:${n.toString(36).padStart(32, '-')}`, document(n), 'EX', 86_400);
    }
    await pipeline.exec();
  }
}

/** What many live sessions cost: to load, to keep, to list and to compare again. */
export async function measureMany(stage: SessionStage, sessions: number): Promise<Figures> {
  await fill(stage.redis, sessions);
  const own = new Redis(stage.own.url);
  const [ownBefore, usersBefore] = [await usedMemory(own), await cpuSeconds(stage.redis)];
  const costsBefore = stage.costs();
  const loadMs = await stage.start({ reconcileEverySeconds: EVERY_MS / 1000 }, MOST_LOAD_MS);
  const loadCpu = (await cpuSeconds(stage.redis)) - usersBefore;
  const load = shares(costsBefore, stage.costs(), loadMs);
  const rss = costOf(stage.sessionsPid).rss;
  const registry = (await usedMemory(own)) - ownBefore;
  const again = measureComparison(stage);
  const pages = await measurePages(stage);
  const figures = {
    's until all are known': round(loadMs / 1000, 1),
    'sessions a second': round(sessions / (loadMs / 1000), 0),
    "of the user's Redis while loading, % of a core": round((loadCpu / (loadMs / 1000)) * 100, 1),
    ...Object.fromEntries(Object.entries(load).map(([name, share]) => [`while loading: ${name}`, share])),
    'sessions service: bytes a session': round(rss / sessions, 0),
    'own Redis: bytes a session': round(registry / sessions, 0),
    ...pages,
    ...(await again),
  };
  own.disconnect();
  return figures;
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

/** One comparison of everything, which begins a while after the one before has ended. */
async function measureComparison(stage: SessionStage): Promise<Figures> {
  const { comparedAt } = await stage.state();
  const before = await cpuSeconds(stage.redis);
  const again = await nextComparison(stage, comparedAt!);
  const usersMs = ((await cpuSeconds(stage.redis)) - before) * 1000;
  const comparedMs = again - comparedAt! - EVERY_MS;
  const usualMs = USUAL_EVERY_MS + comparedMs;
  return {
    'comparing again: s': round(comparedMs / 1000, 1),
    "comparing again: of the user's Redis meanwhile, % of a core": round((usersMs / comparedMs) * 100, 2),
    "comparing again: of the user's Redis by the usual settings, % of a core": round((usersMs / usualMs) * 100, 2),
  };
}

async function nextComparison(stage: SessionStage, after: number): Promise<number> {
  let at = after;
  const look = async () => (at = (await stage.state()).comparedAt ?? after) > after;
  await eventually(look, { timeoutMs: MOST_COMPARING_MS, everyMs: 100, describe: 'a comparison of everything' });
  return at;
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
