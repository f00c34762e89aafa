import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { ConsolePage } from './console-page.ts';
import { expect, test } from './test.ts';

const PAGES = ['/overview', '/containers', '/sessions', '/alerts', '/settings'].concat(
  ['rules', 'rules/new', 'silences', 'channels', 'deliveries'].map((name) => `/alerts/${name}`),
);
const PHONE = { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true };

/** What a finger would miss: less than 40 px high, or very narrow. */
function tooSmall(): string[] {
  const pressed = document.querySelectorAll<HTMLElement>('a[href], button, select, summary, input, [role=button]');
  return [...pressed].flatMap((element) => {
    if (!element.checkVisibility({ visibilityProperty: true }) || element.closest('.visually-hidden, .skip')) return [];
    const target = element.closest('label') ?? element;
    const { width, height } = target.getBoundingClientRect();
    if (width === 0 || getComputedStyle(element).pointerEvents === 'none' || (height >= 39.5 && width >= 24)) return [];
    return [`${element.localName} ${element.ariaLabel ?? element.textContent.trim()}: ${width} x ${height}`];
  });
}

/** The page of any container. */
async function aContainerPage(console: ConsolePage, page: Page, url: string): Promise<void> {
  await console.open(url, '/containers');
  await console.rows.first().locator('a.title').click();
  await expect(page.locator('ui-time-chart canvas').first()).toBeVisible();
}

test.describe('[chromium] [nats] [redis] everyone can use it', () => {
  for (const colorScheme of ['light', 'dark'] as const) {
    test(`no page breaks a rule of axe in the ${colorScheme} theme`, async ({ console, page, stack }) => {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      for (const path of PAGES) {
        await console.open(stack.url, path);
        await console.expectLive();
        await expect(page.getByRole('heading', { level: 1 })).toBeAttached();
        const { violations } = await new AxeBuilder({ page }).analyze();
        expect(violations.map(({ id, nodes }) => `${path} ${id}: ${nodes[0]?.html}`)).toEqual([]);
      }
      await aContainerPage(console, page, stack.url);
      const { violations } = await new AxeBuilder({ page }).analyze();
      expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
    });
  }

  for (const width of [360, 320]) {
    test(`nothing sticks out at ${width} px`, async ({ console, page, stack }) => {
      await page.setViewportSize({ width, height: 740 });
      for (const path of PAGES) {
        await console.open(stack.url, path);
        await console.expectLive();
        await expect(page.getByRole('heading', { level: 1 })).toBeAttached();
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
      }
      await aContainerPage(console, page, stack.url);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
    });
  }

  test('whatever is pressed is large enough for a finger', async ({ browser, context, stack }) => {
    const pocket = await browser.newContext({ ...PHONE, storageState: await context.storageState() });
    const phone = await pocket.newPage();
    const held = new ConsolePage(phone);
    const missed: string[] = [];
    const look = async (path: string) => {
      missed.push(...(await phone.evaluate(tooSmall)).map((target) => `${path} ${target}`));
      expect(await phone.evaluate(() => document.documentElement.scrollWidth)).toBe(PHONE.viewport.width);
    };
    for (const path of PAGES) {
      await held.open(stack.url, path);
      await held.expectLive();
      await expect(phone.getByRole('heading', { level: 1 })).toBeAttached();
      await look(path);
    }
    await aContainerPage(held, phone, stack.url);
    await look('a container');
    expect(missed).toEqual([]);
    await pocket.close();
  });

  test('a page in the dark theme is printed light, as a whole, with nothing over it', async ({ console, page }) => {
    await page.emulateMedia({ colorScheme: 'dark' });
    await aContainerPage(console, page, new URL(page.url()).origin);
    await page.emulateMedia({ colorScheme: 'dark', media: 'print' });
    await expect(page.getByRole('banner')).toBeHidden();
    const look = await page.evaluate(() => {
      const fixed = [...document.querySelectorAll('body *')].filter((element) => {
        const { position, display } = getComputedStyle(element);
        return display !== 'none' && (position === 'fixed' || position === 'sticky');
      });
      const { color } = getComputedStyle(document.body);
      const [sheet] = document.getElementsByTagName('app-container-page');
      return { color, fixed: fixed.map(({ tagName }) => tagName), cut: sheet!.scrollHeight > sheet!.clientHeight };
    });
    expect(look).toEqual({ color: 'rgb(22, 25, 31)', fixed: [], cut: false });
  });

  test('every item of a menu can be reached on a narrow screen', async ({ console, page }) => {
    await page.setViewportSize({ width: 360, height: 740 });
    await expect(console.rows.first()).toBeVisible();
    await page.getByRole('button', { name: 'Filters' }).click();
    await page.getByRole('button', { name: 'Columns' }).click();
    const last = page.getByRole('menuitem', { name: 'As usual' });
    await last.scrollIntoViewIfNeeded();
    await expect(last).toBeInViewport({ ratio: 1 });
  });

  test('names can be read beside all columns that fit', async ({ console, page }) => {
    await page.setViewportSize({ width: 1440, height: 900 });
    await console.expectAllDrawn();
    await expect(page.getByRole('columnheader', { name: 'Active sessions' })).toBeVisible();
    const cut = await console.rows
      .locator('.title')
      .evaluateAll((titles) =>
        titles.filter((title) => title.scrollWidth > title.clientWidth).map((t) => t.textContent),
      );
    expect(cut).toEqual([]);
  });

  test("states are told apart in the system's own colours", async ({ console, page }) => {
    await console.expectAllDrawn();
    const colors = () =>
      console.rows
        .locator('ui-status-dot:not(.hollow)')
        .evaluateAll((dots) => dots.map((dot) => `${dot.className} ${getComputedStyle(dot).backgroundColor}`));
    const before = new Set(await colors());
    await page.emulateMedia({ forcedColors: 'active' });
    expect(new Set(await colors())).toEqual(before);
  });

  // The last of all tests: after it there is no demo any more.
  test('the demo goes with one click, and its containers with it', async ({ console, page, stack }) => {
    await console.open(stack.url, '/overview');
    await expect(console.hostCard('demo')).toBeVisible();
    await page.getByRole('link', { name: 'Overview', exact: true }).click();
    await page.getByRole('button', { name: 'Remove demo' }).click();
    await expect(console.hostCard('demo')).toHaveCount(0, { timeout: 15_000 });
    await page.getByRole('link', { name: /^Containers/ }).click();
    await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Containers' }).click();
    await expect(page.getByText('No containers yet')).toBeVisible({ timeout: 15_000 });
  });

  test('the first load is at most 150 kB of script, compressed', async ({ context, stack }) => {
    for (const path of ['/overview', '/containers']) {
      const page = await context.newPage();
      await page.goto(stack.url + path);
      await expect(page.locator('app-connection-pill')).toHaveText(/^\s*Live\s*$/);
      await page.waitForLoadState('networkidle', { timeout: 3000 }).catch(() => undefined);
      const came = await page.evaluate(() =>
        (performance.getEntriesByType('resource') as PerformanceResourceTiming[]).map(({ name, encodedBodySize }) => ({
          name,
          encodedBodySize,
        })),
      );
      const scripts = came.filter(({ name }) => name.endsWith('.js'));
      // Bodies as they are sent, without their headers.
      const bytes = scripts.reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0);
      console.log(`first load of ${path}: ${(bytes / 1000).toFixed(1)} kB in ${scripts.length} scripts, compressed`);
      expect(bytes).toBeLessThan(150_000);
      expect(bytes).toBeGreaterThan(50_000);
      // What start.js has come early is what the page asks for, and is not asked for again.
      const lists = came.filter(({ name }) => name.includes('/api/v1/containers?'));
      expect(lists).toHaveLength(path === '/containers' ? 1 : 0);
      await page.close();
    }
  });
});
