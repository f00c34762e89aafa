import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { isStatsSweep } from '@deckwatch/contracts';
import { round, type Figures } from '../report.ts';
import { ManySeries, type Shape } from './series.ts';

const WARM_SWEEPS = 3;
/** The inventory changes so often in the measurement of that. */
const INVENTORY_CHANGES = 1000;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** How many samples one evaluator takes, and what it remembers of each series. */
export function measureEvaluation(containers: number, seconds: number): Figures {
  const figures: Figures = { 'bytes a series without rules': bytesOfOne(containers) };
  for (const rules of [10, 100, 1000]) {
    for (const watchedBy of new Set([rules, 10])) {
      const shape = { containers, rules, watchedBy };
      const name = watchedBy === rules ? `${rules} rules, all on each series` : `${rules} rules, 10 of them on each series`; // prettier-ignore
      process.stdout.write(`${name}\n`);
      Object.assign(figures, named(name, measureShape(shape, seconds)));
    }
  }
  const changes = { containers, rules: 1, watchedBy: 1, changes: true };
  Object.assign(figures, named('one rule on a change', measureShape(changes, seconds)));
  return figures;
}

function measureShape(shape: Shape, seconds: number): Figures {
  const series = new ManySeries(shape);
  series.containers();
  for (let sweep = 0; sweep < WARM_SWEEPS; sweep += 1) takeAll(series, series.messages());
  const idle = heap();
  const startedAt = performance.now();
  series.rules();
  const settingRules = performance.now() - startedAt;
  for (let sweep = 0; sweep < WARM_SWEEPS; sweep += 1) takeAll(series, series.messages());
  const watched = heap();
  const quiet = takeFor(series, seconds);
  const changed = changeInventory(series);
  if (series.said > 0) throw new Error(`${series.said} alerts came though all was quiet`);
  const watches = shape.containers * shape.watchedBy;
  return {
    'samples a second': round(quiet.samples / quiet.seconds, 0),
    'the same, with reading the message': round(quiet.samples / (quiet.seconds + quiet.parsing), 0),
    'ns a judgement': round((quiet.seconds * 1e9) / (quiet.samples * shape.watchedBy), 1),
    'bytes more for each rule on a series': round((watched - idle) / watches, 0),
    'ms until all rules are set': round(settingRules, 0),
    'µs for a container that changes': round(changed, 1),
  };
}

/** What is remembered of a container and its latest sample. Measured first: nothing else is there to be collected. */
function bytesOfOne(containers: number): number {
  const before = heap();
  const series = new ManySeries({ containers, rules: 0, watchedBy: 1 });
  series.containers();
  for (let sweep = 0; sweep < WARM_SWEEPS; sweep += 1) takeAll(series, series.messages());
  return round((heap() - before) / containers, 0);
}

interface Taken {
  samples: number;
  /** In the evaluator alone. */
  seconds: number;
  /** In reading and checking the messages. */
  parsing: number;
}

function takeFor(series: ManySeries, seconds: number): Taken {
  const total: Taken = { samples: 0, seconds: 0, parsing: 0 };
  while (total.seconds < seconds) {
    const { samples, seconds: took, parsing } = takeAll(series, series.messages());
    total.samples += samples;
    total.seconds += took;
    total.parsing += parsing;
  }
  return total;
}

function takeAll(series: ManySeries, messages: string[]): Taken {
  const taken: Taken = { samples: 0, seconds: 0, parsing: 0 };
  for (const message of messages) {
    const startedAt = performance.now();
    const sweep: unknown = JSON.parse(message);
    if (!isStatsSweep(sweep)) throw new Error('not a sweep');
    const parsedAt = performance.now();
    series.take(sweep);
    taken.seconds += (performance.now() - parsedAt) / 1000;
    taken.parsing += (parsedAt - startedAt) / 1000;
    taken.samples += sweep.rows.length;
  }
  return taken;
}

/** Microseconds for one container whose description changes. */
function changeInventory(series: ManySeries): number {
  const events = Array.from({ length: INVENTORY_CHANGES }, (_, number) => series.container(number, 'shop/web:2'));
  const startedAt = performance.now();
  for (const event of events) series.evaluator.container(event);
  return ((performance.now() - startedAt) * 1000) / INVENTORY_CHANGES;
}

/** Bytes in use after a collection. */
function heap(): number {
  collect();
  collect();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

function named(name: string, figures: Figures): Figures {
  return Object.fromEntries(Object.entries(figures).map(([key, value]) => [`${name}: ${key}`, value]));
}
