import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { BrowserContextOptions, Page } from '@playwright/test';
import { furnish } from './furniture.ts';
import { onStage, type Stage } from './stage.ts';

export interface ShotOptions {
  /** How many containers, one set of pictures each. */
  sizes: number[];
  folder: string;
  /** The names of those scenes alone that begin so; empty: all. */
  only: string;
}

interface Scene {
  name: string;
  path: string;
  /** Without notices over it: for the README. */
  calm?: boolean;
  /** Longer than a screen: a second picture shows all of it. */
  long?: boolean;
  /** What is done on the page before its picture is taken. */
  act?(page: Page): Promise<void>;
  /** What is done at the last moment. */
  last?(page: Page): Promise<void>;
}

const LOOKS: Record<string, BrowserContextOptions> = {
  light: { colorScheme: 'light' },
  dark: { colorScheme: 'dark' },
  narrow: { colorScheme: 'light', viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true },
};
/** Long enough that each row's last minute is full. */
const BEGIN_MS = 60_000;
const SETTLE_MS = 2500;
const LAST_MS = 600;
const LONG = 2400;
const LONG_MS = 700;

const click = (selector: string) => (page: Page) => page.locator(selector).first().click();
const press = (keys: string) => async (page: Page) => {
  await page.locator('app-connection-pill').waitFor();
  await page.keyboard.press(keys);
};
const SCENES: readonly Scene[] = [
  { name: 'overview', path: '/overview', long: true },
  { name: 'containers', path: '/containers?sort=-cpu', calm: true, last: press('r') },
  { name: 'containers-grouped', path: '/containers?group=project' },
  { name: 'containers-none', path: '/containers?host=ghost&q=nothing' },
  { name: 'container', path: '/containers', act: click('tbody a.title'), long: true },
  { name: 'sessions', path: '/sessions' },
  { name: 'session', path: '/sessions', act: click('app-session-table tbody a.title'), long: true },
  { name: 'alerts', path: '/alerts' },
  { name: 'alerts-details', path: '/alerts', act: click('button[ui-disclosure]'), long: true },
  ...['rules', 'rules/new', 'rules/too-busy', 'silences', 'channels', 'deliveries'].map((path) => ({
    name: `alerts-${path.replace('/', '-')}`,
    path: `/alerts/${path}`,
    long: path.startsWith('rules/'),
  })),
  { name: 'settings', path: '/settings', long: true },
  { name: 'palette', path: '/overview', act: press('Control+k') },
  { name: 'help', path: '/containers', act: press('?') },
  { name: 'menu', path: '/containers', act: click('app-settings-menu button') },
];

async function shootAll(stage: Stage, look: string, prefix: string, scenes: readonly Scene[]): Promise<void> {
  const page = await stage.page(LOOKS[look]);
  await page.goto(stage.url);
  for (const { name, path, calm = false, long = false, act, last } of scenes) {
    await page.evaluate((notices) => localStorage.setItem('deckwatch.notices', notices), JSON.stringify(!calm));
    await page.goto(stage.url + path);
    await act?.(page);
    await sleep(SETTLE_MS);
    if (last) {
      await last(page);
      await sleep(LAST_MS);
    }
    await page.screenshot({ path: `${prefix}-${name}-${look}.png` });
    if (long) await shootLong(page, `${prefix}-${name}-${look}-long.png`);
  }
  await page.context().clearCookies();
  await page.goto(`${stage.url}/overview`);
  await page.getByRole('heading', { name: 'Sign in to Deckwatch' }).waitFor();
  await page.screenshot({ path: `${prefix}-login-${look}.png` });
  await page.context().close();
}

/** On a screen so high that nothing is below its edge. */
async function shootLong(page: Page, path: string): Promise<void> {
  const size = page.viewportSize()!;
  await page.setViewportSize({ ...size, height: LONG });
  await sleep(LONG_MS);
  await page.screenshot({ path });
  await page.setViewportSize(size);
}

/** As many a minute as make a fleet of that size lively, and not a ruin. */
function eventsFor(containers: number): number {
  return Math.round(Math.min(60, Math.max(3, containers * 0.25)));
}

/** Pictures of every page, light, dark and 360 px wide, to be looked at. */
export async function takeShots({ sizes, folder, only }: ShotOptions): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const scenes = SCENES.filter(({ name }) => name.startsWith(only));
  for (const containers of sizes) {
    await onStage({ containers, eventsPerMinute: eventsFor(containers) }, async (stage) => {
      await furnish(stage);
      await sleep(BEGIN_MS);
      for (const look of Object.keys(LOOKS)) await shootAll(stage, look, join(folder, String(containers)), scenes);
    });
  }
  console.log(`pictures are in ${folder}`);
}
