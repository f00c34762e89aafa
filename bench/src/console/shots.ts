import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { BrowserContextOptions, Page } from '@playwright/test';
import { onStage, type Stage } from './stage.ts';

export interface ShotOptions {
  /** How many containers, one set of pictures each. */
  sizes: number[];
  folder: string;
}

const LOOKS: Record<string, BrowserContextOptions> = {
  light: { colorScheme: 'light' },
  dark: { colorScheme: 'dark' },
  narrow: { colorScheme: 'light', viewport: { width: 360, height: 740 } },
};
const PAGES = ['overview', 'containers', 'sessions', 'alerts', 'settings'];
/** Long enough that curves have a shape. */
const SETTLE_MS = 4000;

async function shoot(page: Page, file: string): Promise<void> {
  await sleep(SETTLE_MS);
  await page.screenshot({ path: file });
}

async function shootAll(stage: Stage, look: string, prefix: string): Promise<void> {
  const page = await stage.page(LOOKS[look]);
  for (const name of PAGES) {
    await page.goto(`${stage.url}/${name}`);
    await shoot(page, `${prefix}-${name}-${look}.png`);
  }
  await page.goto(`${stage.url}/containers`);
  await page.locator('tbody').getByRole('link').first().click();
  await shoot(page, `${prefix}-container-${look}.png`);
  await page.context().close();
}

/** Pictures of every page, light, dark and 360 px wide, to be looked at. */
export async function takeShots({ sizes, folder }: ShotOptions): Promise<void> {
  mkdirSync(folder, { recursive: true });
  for (const containers of sizes) {
    await onStage({ containers, eventsPerMinute: 60 }, async (stage) => {
      for (const look of Object.keys(LOOKS)) await shootAll(stage, look, join(folder, String(containers)));
    });
  }
  console.log(`pictures are in ${folder}`);
}
