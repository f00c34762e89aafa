import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { costOf } from '../process-tree.ts';
import { report, round, type Figures } from '../report.ts';
import { SERVICES } from '../service.ts';
import { onceEnded } from '../signals.ts';
import { Deaths, deathsOf } from './deaths.ts';
import { durationOf, spoken } from './duration.ts';
import { House } from './house.ts';
import { AT_A_TIME, Household, SPOKEN_DAY } from './household.ts';
import { Sampler } from './sampler.ts';
import { APP } from './session-lives.ts';
import { judge, tableOf } from './verdict.ts';

export interface Soak {
  /** How long the load goes on: `90s`, `10m`, `2h`. */
  length: string;
  /** How many times the normal rate of events. */
  rate: number;
  /** How many parts are killed: `20`, or `6/h`. */
  kills: string;
  seed: number;
  /**
   * Where heaps are written to after a third of the run and at its end, which halts each part for a second and makes it
   * larger; default: nowhere.
   */
  heap?: string | undefined;
}

const SAMPLES = 720;
const SOONEST_MS = 2000;
const LATEST_MS = 30_000;
const SAID_MS = 60_000;
const SAMPLES_FILE = 'bench/results/soak-samples.jsonl';

/**
 * A whole Deckwatch under many times the normal load for as long as is asked for. Prints what each part kept, and
 * throws what grew, was lost, or ended by itself. SIGTERM ends the load early; the verdict is said all the same.
 */
export async function soak(options: Soak): Promise<void> {
  const wantedMs = durationOf(options.length);
  const deathCount = deathsOf(options.kills, wantedMs);
  const enough = new AbortController();
  // By Ctrl-C nobody asks for a verdict.
  onceEnded((signal) => enough.abort(signal === 'SIGTERM' ? undefined : signal));
  say(`soak of ${spoken(wantedMs)} at ${options.rate} times the normal rate (a day of ${SPOKEN_DAY}); ${AT_A_TIME}`);
  const house = await House.open();
  const sampler = new Sampler(house);
  let household: Household | undefined;
  try {
    household = await Household.move(house, options.rate, options.seed);
    const begin = Date.now();
    const cpuBefore = costOf(process.pid).cpuMs;
    const deaths = new Deaths(house, sampler, options.seed);
    const killing = deaths.happen(deathCount, wantedMs, enough.signal);
    killing.catch(() => enough.abort());
    await sampled(house, sampler, wantedMs, enough.signal, options.heap);
    if (typeof enough.signal.reason === 'string') throw new Error(`ended by ${enough.signal.reason}`);
    const runMs = Date.now() - begin;
    const busy = (costOf(process.pid).cpuMs - cpuBefore) / runMs;
    const faults: string[] = [];
    await killing.catch((error: Error) => void faults.push(error.message));
    await household.rest().catch((error: Error) => void faults.push(error.message));
    const judged = judge(sampler.series, runMs, options.rate);
    const figures = await told(house, household, deaths, busy);
    faults.push(...(await faultsOf(house, household, deathCount > 0 || options.heap !== undefined)));
    faults.push(...judged.filter(({ verdict }) => verdict === 'grows').map(({ name }) => `grows: ${name}`));
    figures['verdict'] = faults.length === 0 ? 'flat' : `${faults.length} faults`;
    for (const { name, from, to, perHour, verdict } of judged)
      figures[`${name}, begin, end, an hour`] = `${round(from, 0)}, ${round(to, 0)}, ${round(perHour, 0)}: ${verdict}`;
    report('soak', { ...options, heap: options.heap ?? '', ranMs: runMs }, figures);
    say(`\n${tableOf(judged)}\n`);
    const short = judged.filter(({ verdict }) => verdict === 'too short').length;
    if (short > 0) say(`${short} series are not judged: the run is too short for them`);
    if (faults.length > 0) throw new Error(faults.join('\n'));
    say('nothing grows');
  } finally {
    await household?.leave();
    sampler.close();
    await house.close();
  }
}

/** Looks at everything from time to time until the run is over. */
async function sampled(
  house: House,
  sampler: Sampler,
  runMs: number,
  enough: AbortSignal,
  heap?: string,
): Promise<void> {
  // prettier-ignore
  const everyMs = Math.min(LATEST_MS, Math.max(SOONEST_MS, runMs / SAMPLES));
  mkdirSync('bench/results', { recursive: true });
  writeFileSync(SAMPLES_FILE, '');
  const begin = Date.now();
  let saidAt = 0;
  let warm = false;
  while (Date.now() - begin < runMs && !enough.aborted) {
    const next = Date.now() + everyMs;
    const seen = await sampler.look();
    appendFileSync(SAMPLES_FILE, `${JSON.stringify(seen)}\n`);
    if (Date.now() - saidAt >= SAID_MS) {
      saidAt = Date.now();
      const heaps = SERVICES.map((name) => `${name} ${((seen[`${name}: heap`] ?? Number.NaN) / 2 ** 20).toFixed(1)}`);
      say(`  ${spoken(Date.now() - begin).padStart(7)}  heaps in MiB: ${heaps.join(', ')}`);
    }
    if (heap && !warm && Date.now() - begin >= runMs / 3) {
      warm = true;
      await writeHeaps(house, heap, 'warm');
    }
    await sleep(Math.max(0, Math.min(next, begin + runMs) - Date.now()), undefined, { signal: enough }).catch(() => undefined); // prettier-ignore
  }
  if (heap) await writeHeaps(house, heap, 'end');
}

async function writeHeaps(house: House, folder: string, when: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  for (const name of SERVICES) await (await house.of(name).inspector)?.writeHeap(`${folder}/${name}-${when}.heapsnapshot`); // prettier-ignore
}

async function told(
  house: House,
  { sights, sessions, notices, pages }: Household,
  deaths: Deaths,
  busy: number,
): Promise<Figures> {
  // prettier-ignore
  const { SESSIONS, ALERTS, CONTAINERS } = await messagesOf(house);
  return {
    'cores in use, load and samples included': round(busy, 2),
    'of which each service': SERVICES.map((name) => `${name} ${round(house.coresOf(name), 3)}`).join(', '),
    'messages in SESSIONS, ALERTS, CONTAINERS': [SESSIONS, ALERTS, CONTAINERS].join(', '),
    'sessions begun, acknowledged': sessions.begun,
    'visits of consoles': sights.visits,
    'frames at consoles, items of logs': `${sights.frames}, ${sights.items}`,
    'holes in logs at consoles, logs not recovered': `${sights.holes}, ${sights.unrecovered}`,
    'ends of connections by code': JSON.stringify(sights.codes),
    'notices taken, refused by us': `${notices.taken}, ${notices.refused}`,
    'pages of REST answered': pages.answered,
    'parts killed': deaths.told.map(({ part }) => part).join(' ') || 'none',
    'longest time until all was ready again, s': round(Math.max(0, ...deaths.told.map(({ readyMs }) => readyMs)) / 1000, 1), // prettier-ignore
  };
}

/** What must not be; of what could not be answered while a part was dead or wrote its heap nothing is said. */
async function faultsOf(
  house: House,
  { sights, sessions, notices, pages, faults }: Household,
  halted: boolean,
): Promise<string[]> {
  // prettier-ignore
  const found = [...house.fallen];
  if (sights.holes > 0) found.push(`${sights.holes} holes in logs at consoles`);
  if (sights.items === 0) found.push('no items came to the consoles');
  if (notices.taken === 0) found.push('no notice came');
  const created = await createdSessions(house);
  if (created < sessions.begun || created > sessions.tried)
    found.push(`${created} sessions were told, ${sessions.begun} were acknowledged, ${sessions.tried} tried`);
  if (halted) return found;
  if (sights.unrecovered > 0) found.push(`${sights.unrecovered} logs were not recovered`);
  for (const [what, count] of Object.entries({ ...pages.refused, ...faults })) found.push(`${count} times: ${what}`);
  return found;
}

async function createdSessions({ bus }: House): Promise<number> {
  const subject = `deckwatch.sessions.${APP}.created`;
  const { state } = await bus.jsm.streams.info('SESSIONS', { subjects_filter: subject });
  return state.subjects?.[subject] ?? 0;
}

async function messagesOf({ bus }: House): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for await (const { config, state } of bus.jsm.streams.list()) counts[config.name] = state.messages;
  return counts;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
