import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { signIn } from './sign-in.ts';
import { projectRoot, Stack } from './stack.ts';
import { expect, test } from './test.ts';

test.use({ serviceWorkers: 'allow' });

/** When the state that this browser keeps was so, Unix ms by its clock; 0: none is kept. */
function keptAt(): Promise<number> {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open('deckwatch', 1);
    opening.onerror = () => reject(opening.error ?? new Error('no storage'));
    // Whoever opens it first makes it.
    opening.onupgradeneeded = () => opening.result.createObjectStore('last');
    opening.onsuccess = () => {
      const reading = opening.result.transaction('last').objectStore('last').get('state');
      reading.onsuccess = () => resolve((reading.result as { at: number } | undefined)?.at ?? 0);
      opening.result.close();
    };
  });
}

/** Waits until the worker keeps this page. */
async function becomeInstalled(page: Page): Promise<void> {
  await expect
    .poll(() => page.evaluate(() => navigator.serviceWorker.controller !== null), { timeout: 20_000 })
    .toBe(true);
}

/** What a later build leaves in the folder: another page, another worker, and none of the parts that are loaded later. */
function publishAnother(folder: string): void {
  const page = readFileSync(join(folder, 'index.html'), 'utf8');
  writeFileSync(
    join(folder, 'index.html'),
    page.replace('<head>', '<head><meta name="generation" content="second" />'),
  );
  for (const name of readdirSync(folder)) {
    if (name.endsWith('.br') || (/^chunk-.*\.js$/.test(name) && !page.includes(name))) rmSync(join(folder, name));
  }
  const [, , ...rest] = readFileSync(join(folder, 'worker.js'), 'utf8').split('\n');
  const files = readdirSync(folder).filter(
    (name) => name !== 'worker.js' && !name.startsWith('.') && /\.\w+$/.test(name),
  );
  const head = ["const VERSION = 'second';", `const FILES = ${JSON.stringify(files.map((name) => `/${name}`))};`];
  writeFileSync(join(folder, 'worker.js'), [...head, ...rest].join('\n'));
}

test.describe('[chromium] [nats] [redis] without a gateway', () => {
  test('the installed console opens, shows what it knew last with its age, and is live again by itself', async ({
    console,
    page,
    stack,
  }) => {
    await console.expectLive();
    await expect(console.rows.first()).toBeVisible();
    await becomeInstalled(page);
    // What a tab does that is put away: it keeps what it shows.
    const hiddenAt = await page.evaluate(() => {
      const now = Date.now();
      Object.defineProperty(document, 'visibilityState', { value: 'hidden', configurable: true });
      document.dispatchEvent(new Event('visibilitychange'));
      return now;
    });
    await expect.poll(() => page.evaluate(keptAt)).toBeGreaterThanOrEqual(hiddenAt);
    const letItLive = stack.keepDown('gateway');
    try {
      await page.reload();
      await expect(console.rows.first()).toBeVisible({ timeout: 10_000 });
      await expect(console.outage).toContainText(/last known state.*\d+ s old/s);
      await expect(page.locator('tr.stale').first()).toBeVisible();
    } finally {
      letItLive();
    }
    await console.expectLive(60_000);
    await expect(page.locator('tr.stale')).toHaveCount(0);
    await console.expectFiguresMove();
  });

  test('a new version waits for a reload, and the old page goes on with its own parts', async ({ browser }) => {
    const folder = mkdtempSync(join(tmpdir(), 'deckwatch-console-'));
    cpSync(join(projectRoot(), 'frontend/dist'), folder, { recursive: true });
    const stack = await Stack.start({ env: { DECKWATCH_CONSOLE_DIR: folder } });
    try {
      const context = await browser.newContext({ serviceWorkers: 'allow' });
      await signIn(context, stack.url);
      const page = await context.newPage();
      await page.goto(`${stack.url}/overview`);
      await expect(page.locator('app-connection-pill')).toHaveText(/^\s*Live\s*$/);
      await becomeInstalled(page);
      publishAnother(folder);
      await page.evaluate(async () => (await navigator.serviceWorker.getRegistration())?.update());
      await expect(page.getByText('A new version of the console is there.')).toBeVisible({ timeout: 20_000 });
      // A part that the old page has not loaded yet, and that the gateway no longer has.
      await page.getByRole('link', { name: 'Alerts' }).click();
      await expect(page.getByRole('heading', { name: 'Active alerts' })).toBeVisible();
      await page.getByRole('button', { name: 'Reload' }).click();
      await expect(page.locator('meta[name=generation]')).toHaveAttribute('content', 'second', { timeout: 15_000 });
      await context.close();
    } finally {
      await stack.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
