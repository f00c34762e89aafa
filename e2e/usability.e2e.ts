import { gzipSync } from 'node:zlib';
import { ConsolePage, PAGES } from './console-page.ts';
import { teller } from './teller.ts';
import { expect, test } from './test.ts';

const kB = (bytes: number) => `${(bytes / 1000).toFixed(1)} kB`;
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

/** Notes from now on how long toasts take to come and to go. */
function noteMotions(): Record<string, string> {
  const noted: Record<string, string> = {};
  const note = () => {
    for (const phase of ['entering', 'leaving'])
      for (const toast of document.querySelectorAll(`.toast.${phase}`))
        noted[phase] = getComputedStyle(toast).animationDuration;
  };
  const what = { subtree: true, childList: true, attributes: true, attributeFilter: ['class'] };
  new MutationObserver(note).observe(document.body, what);
  return noted;
}

test.describe('[chromium] [nats] [redis] everyone can use it', () => {
  for (const width of [360, 320]) {
    test(`nothing sticks out at ${width} px`, async ({ console, page, stack }) => {
      await page.setViewportSize({ width, height: 740 });
      for (const path of PAGES) {
        await console.open(stack.url, path);
        await console.expectLive();
        await expect(page.getByRole('heading', { level: 1 })).toBeAttached();
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
      }
      await console.openAContainer(stack.url);
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
    await held.openAContainer(stack.url);
    await look('a container');
    expect(missed).toEqual([]);
    await pocket.close();
  });

  test('a page in the dark theme is printed light, as a whole, with nothing over it', async ({ console, page }) => {
    await page.emulateMedia({ colorScheme: 'dark' });
    await console.openAContainer(new URL(page.url()).origin);
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

  for (const [reducedMotion, lasting] of [
    ['no-preference', '0.16s'],
    ['reduce', '0.001s'],
  ] as const) {
    test(`a toast takes ${lasting} to come and to go when the system says ${reducedMotion}`, async ({
      console,
      context,
      page,
      stack,
    }) => {
      const tell = await teller(context, stack.url);
      await page.emulateMedia({ reducedMotion });
      await console.expectLive();
      const motions = await page.evaluateHandle(noteMotions);
      await tell(reducedMotion, 'start', ['a']);
      await console.toasts
        .filter({ hasText: reducedMotion })
        .getByRole('button', { name: /^Dismiss/ })
        .click();
      await expect.poll(() => motions.jsonValue()).toEqual({ entering: lasting, leaving: lasting });
      await tell(reducedMotion, 'end', ['a']);
    });
  }

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
      const bodies = await Promise.all(scripts.map(async ({ name }) => (await context.request.get(name)).body()));
      const [sent, gzip] = [
        scripts.reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0),
        bodies.reduce((sum, body) => sum + gzipSync(body, { level: 9 }).length, 0),
      ];
      console.log(`first load of ${path}: ${scripts.length} scripts, ${kB(gzip)} by gzip, ${kB(sent)} as sent`);
      expect(gzip).toBeLessThan(150_000);
      expect(sent).toBeLessThan(gzip);
      expect(sent).toBeGreaterThan(50_000);
      // What start.js has come early is what the page asks for, and is not asked for again.
      const lists = came.filter(({ name }) => name.includes('/api/v1/containers?'));
      expect(lists).toHaveLength(path === '/containers' ? 1 : 0);
      await page.close();
    }
  });
});
