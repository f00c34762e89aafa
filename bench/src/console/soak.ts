import { createWriteStream } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CDPSession, Page } from '@playwright/test';
import { report, round } from '../report.ts';
import { onStage, type Stage } from './stage.ts';
import { slopeOf, type Point } from './slope.ts';

export interface SoakOptions {
  containers: number;
  minutes: number;
  /** How many times the usual rate of sweeps and events. */
  rate: number;
  /** From one sample to the next, seconds. */
  every: number;
  /** Where the heap is written to after the warm-up and at the end, for a browser's developer tools; default: nowhere. */
  heap?: string | undefined;
}

interface Sample {
  heap: number;
  nodes: number;
  listeners: number;
}

/** What may be gained each minute, on average, for the heap to count as flat. */
const LIMITS = { heap: 64 * 1024, nodes: 20, listeners: 5 };
/** Rings fill and code is compiled in the first part of a run. */
const WARM_UP = 1 / 3;

/** In the page: asks for figures as often as the protocol allows, instead of once a second. */
function hurry(): void {
  const send = WebSocket.prototype.send;
  WebSocket.prototype.send = function (data) {
    const frame = typeof data === 'string' ? (JSON.parse(data) as { event: string; data: object }) : undefined;
    if (frame?.event !== 'subscribe') return send.call(this, data);
    return send.call(this, JSON.stringify({ ...frame, data: { ...frame.data, rateMs: 100 } }));
  };
}

async function sample(cdp: CDPSession): Promise<Sample> {
  await cdp.send('HeapProfiler.collectGarbage');
  const { usedSize } = await cdp.send('Runtime.getHeapUsage');
  const { metrics } = await cdp.send('Performance.getMetrics');
  const of = (name: string) => metrics.find((metric) => metric.name === name)?.value ?? Number.NaN;
  return { heap: usedSize, nodes: of('Nodes'), listeners: of('JSEventListeners') };
}

async function writeHeap(cdp: CDPSession, file: string): Promise<void> {
  const out = createWriteStream(file);
  const write = ({ chunk }: { chunk: string }) => void out.write(chunk);
  cdp.on('HeapProfiler.addHeapSnapshotChunk', write);
  await cdp.send('HeapProfiler.takeHeapSnapshot', { reportProgress: false });
  cdp.off('HeapProfiler.addHeapSnapshotChunk', write);
  await new Promise<void>((done) => out.end(done));
}

/** Looks at every page, opens a container and scrolls, and is back at the table at the end. */
async function wander(page: Page): Promise<void> {
  for (const name of [/^Overview/, /^Sessions/, /^Alerts/, /^Containers/]) {
    await page.getByRole('navigation').first().getByRole('link', { name }).click();
    await sleep(300);
  }
  const row = page.locator('tbody tr').filter({ has: page.getByRole('link') });
  await row.first().getByRole('link').first().click();
  await sleep(700);
  await page.goBack();
  await row.first().waitFor();
  await page.mouse.move(720, 600);
  for (let turn = 0; turn < 10; turn += 1) await page.mouse.wheel(0, turn < 5 ? 900 : -900);
  await sleep(300);
}

async function run(stage: Stage, options: SoakOptions): Promise<(Sample & { minute: number })[]> {
  const page = await stage.page();
  await page.addInitScript(hurry);
  await page.goto(`${stage.url}/containers`);
  await page
    .locator('tbody tr')
    .filter({ has: page.getByRole('link') })
    .first()
    .waitFor();
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('Performance.enable');
  const samples: (Sample & { minute: number })[] = [];
  const begin = Date.now();
  let written = false;
  while (Date.now() - begin < options.minutes * 60_000) {
    const next = Date.now() + options.every * 1000;
    await wander(page);
    await sleep(Math.max(0, next - Date.now()));
    const minute = (Date.now() - begin) / 60_000;
    const now = { ...(await sample(cdp)), minute };
    samples.push(now);
    const heap = `${(now.heap / 1024 / 1024).toFixed(2)} MiB`;
    if (options.heap && !written && minute >= options.minutes * WARM_UP) {
      written = true;
      await writeHeap(cdp, `${options.heap}/warm.heapsnapshot`);
    }
    console.log(`  ${minute.toFixed(1).padStart(5)} min  ${heap}  ${now.nodes} nodes  ${now.listeners} listeners`);
  }
  if (options.heap) await writeHeap(cdp, `${options.heap}/end.heapsnapshot`);
  return samples;
}

/** Whether the console's memory stays flat while it is watched at many times the usual rate. Fails where it grows. */
export async function soakConsole(options: SoakOptions): Promise<void> {
  const { containers, rate } = options;
  const intervalMs = Math.max(100, Math.round(1000 / rate));
  let grown: string[] = [];
  await onStage({ containers, intervalMs, eventsPerMinute: 12 * rate }, async (stage) => {
    const samples = await run(stage, options);
    const steady = samples.slice(Math.floor(samples.length * WARM_UP));
    const slope = (of: keyof Sample) => slopeOf(steady.map((one): Point => [one.minute, one[of]]));
    const slopes = { heap: slope('heap'), nodes: slope('nodes'), listeners: slope('listeners') };
    grown = (Object.keys(LIMITS) as (keyof Sample)[]).filter((of) => !(slopes[of] <= LIMITS[of]));
    report('soak-console', { ...options }, {
      samples: samples.length,
      'heap at the end, MiB': round((samples.at(-1)?.heap ?? Number.NaN) / 1024 / 1024, 2),
      'heap gained a minute, KiB': round(slopes.heap / 1024, 1),
      'nodes gained a minute': round(slopes.nodes, 1),
      'listeners gained a minute': round(slopes.listeners, 2),
      verdict: grown.length === 0 ? 'flat' : `grows: ${grown.join(', ')}`,
    }); // prettier-ignore
  });
  if (grown.length > 0) throw new Error(`what the console keeps grows: ${grown.join(', ')}`);
}
