import { WEBHOOK, type KillPoint } from './fate.ts';

/** What changes something outside, or tells that something is done. */
export const WRITES = [
  'deckwatch.alerts',
  '$KV.deckwatch_deliveries',
  '$KV.deckwatch_leases',
  '$JS.ACK',
  'redis addStandardJob',
  'redis moveToActive',
  'redis moveToFinished',
  WEBHOOK,
];
const FOLLOWED = ['rules', 'channels', 'silences', 'deliveries', 'hosts', 'alert_counts'].map((name) => `KV_deckwatch_${name}`); // prettier-ignore
const READ_CALLS = ['STREAM.INFO', 'CONSUMER.CREATE', 'CONSUMER.INFO'];
/** The other exchanges of a life in which all goes well. */
export const READS = [
  'INFO',
  ...[...FOLLOWED, 'ALERTS', 'CONTAINERS'].flatMap((stream) => READ_CALLS.map((call) => `${call}.${stream}`)),
  ...['STREAM.INFO.KV_deckwatch_leases', 'STREAM.MSG.GET', 'CONSUMER.DELETE.CONTAINERS'],
  ...['ALERTS', 'CONTAINERS', ...FOLLOWED].filter((stream) => !stream.endsWith('counts')).map((stream) => `CONSUMER.MSG.NEXT.${stream}`), // prettier-ignore
  ...['DIRECT.GET.KV_deckwatch_deliveries', 'DIRECT.GET.KV_deckwatch_leases'],
  ...['deckwatch.hosts.*', 'deckwatch.stats.*', 'deckwatch.lastwords.*', 'deckwatch.rpc.alerts'],
  ...['redis bzpopmin', 'redis hset', 'redis moveStalledJobsToWait'],
];
const SIDES = ['before', 'after'] as const;
/** What comes again by time alone is not followed without end. */
const MOST_OF_A_KIND = 12;

/** Every exchange of a life, before and after it. @param passed how many of each kind there are */
export function allPoints(passed: ReadonlyMap<string, number>): KillPoint[] {
  return [...passed].flatMap(([kind, count]) => pointsOf(kind, count));
}

/** Every write, before and after it, and one of each other kind: which one, the seed decides. */
export function somePoints(passed: ReadonlyMap<string, number>, seed: number): KillPoint[] {
  const random = randomOf(seed);
  return [...passed].flatMap(([kind, count]) => {
    const points = pointsOf(kind, count);
    return WRITES.includes(kind) ? points : [points[Math.floor(random() * points.length)]!];
  });
}

function pointsOf(kind: string, count: number): KillPoint[] {
  const nths = Array.from({ length: Math.min(count, MOST_OF_A_KIND) }, (_, at) => at + 1);
  return nths.flatMap((nth) => SIDES.map((side) => ({ kind, nth, side })));
}

/** Lehmer's generator with the multiplier of Park and Miller (1988). */
function randomOf(seed: number): () => number {
  let state = (Math.abs(Math.trunc(seed)) % 2_147_483_646) + 1;
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
}
