import { setTimeout as sleep } from 'node:timers/promises';
import type { CDPSession, Page } from '@playwright/test';
import { percentile, report, round } from '../report.ts';
import { hottest, stretches } from './profile.ts';
import { longestTasks, TRACE } from './tasks.ts';
import { onStage } from './stage.ts';

export interface ScrollingBench {
  containers: number;
  seconds: number;
  /** What is opened: `/containers?sort=-cpu` has all rows sorted anew each second. */
  path: string;
  /** Where the console was built to, as with NG_BUILD_MANGLE=0 for readable names; default: as users have it. */
  console?: string | undefined;
}

interface Smoothness {
  /** Tasks that kept the page from answering for more than 50 ms, each in milliseconds. */
  longTasks: number[];
  /** From one frame to the next, milliseconds. */
  frames: number[];
}

const WHEEL_MS = 50;
const TURN_AT = 60;

async function watch(page: Page): Promise<void> {
  await page.evaluate(() => {
    const seen = { longTasks: [] as number[], frames: [] as number[] };
    (globalThis as unknown as { seen: Smoothness }).seen = seen;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) seen.longTasks.push(entry.duration);
    }).observe({ type: 'longtask' });
    let last = performance.now();
    const frame = (now: number): void => {
      seen.frames.push(now - last);
      last = now;
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  });
}

/** Down and up again with the wheel, faster and slower, as somebody who looks for something. */
async function scroll(page: Page, seconds: number): Promise<void> {
  await page.mouse.move(720, 600);
  const until = Date.now() + seconds * 1000;
  for (let turn = 0; Date.now() < until; turn += 1) {
    const direction = Math.floor(turn / TURN_AT) % 2 === 0 ? 1 : -1;
    await page.mouse.wheel(0, direction * (120 + 60 * (turn % 7)));
    await sleep(WHEEL_MS);
  }
}

async function profiled(cdp: CDPSession, work: () => Promise<void>): Promise<string[]> {
  await cdp.send('Profiler.enable');
  await cdp.send('Profiler.setSamplingInterval', { interval: 500 });
  await cdp.send('Profiler.start');
  await work();
  const { profile } = await cdp.send('Profiler.stop');
  return ['own time:', ...hottest(profile, 15), 'the longest without a pause:', ...stretches(profile, 30)];
}

/** How smooth a large table is while it is scrolled and its figures change every second. */
export async function benchScrolling(options: ScrollingBench): Promise<void> {
  const env: Record<string, string> = options.console ? { DECKWATCH_CONSOLE_DIR: options.console } : {};
  await onStage({ containers: options.containers, env }, async (stage) => {
    const page = await stage.page();
    await page.goto(`${stage.url}${options.path}`);
    await page.locator('tbody .cpu .figure').first().filter({ hasText: /\d/ }).waitFor();
    await sleep(5000);
    await watch(page);
    await scroll(page, options.seconds);
    const { longTasks, frames } = await page.evaluate(() => (globalThis as unknown as { seen: Smoothness }).seen);
    await stage.browser.startTracing(page, TRACE);
    await scroll(page, options.seconds);
    const trace = (await stage.browser.stopTracing()).toString();
    const hot = await profiled(await page.context().newCDPSession(page), () => scroll(page, options.seconds));
    report('scrolling', { containers: options.containers, seconds: options.seconds, path: options.path }, {
      'tasks over 50 ms': longTasks.length,
      'the longest, ms': round(Math.max(0, ...longTasks), 0),
      'frames a second': round(frames.length / options.seconds, 1),
      'ms from frame to frame, p95': round(percentile(frames, 0.95), 1),
      'p99': round(percentile(frames, 0.99), 1),
    }); // prettier-ignore
    console.log(
      ['  the longest tasks in as long again:', ...longestTasks(trace, 8).map((line) => `    ${line}`)].join('\n'),
    );
    console.log(['  where the time went in as long again:', ...hot.map((line) => `    ${line}`)].join('\n'));
  });
}
