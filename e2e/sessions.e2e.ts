import AxeBuilder from '@axe-core/playwright';
import { chromium } from '@playwright/test';
import { CHROMIUM, CHROMIUM_ARGS } from './browser.ts';
import { startProxyWithoutWebSockets } from './no-websocket-proxy.ts';
import { signIn } from './sign-in.ts';
import { Stack } from './stack.ts';
import { teller, type Tell } from './teller.ts';
import { expect, test } from './test.ts';

/** Without the demo: nobody comes but those that a test sends. */
const quiet = test.extend<{ tell: Tell }, { stack: Stack }>({
  stack: [
    // eslint-disable-next-line no-empty-pattern -- Playwright reads the names of the fixtures that are asked for
    async ({}, use) => {
      const stack = await Stack.start({ demo: 'off' });
      await use(stack);
      await stack.stop();
    },
    { scope: 'worker', timeout: 260_000 },
  ],
  tell: async ({ context, stack }, use) => use(await teller(context, stack.url)),
});

const many = (count: number, prefix = 'p') => Array.from({ length: count }, (_, index) => `${prefix}${index}`);

quiet.describe('[chromium] [nats] [redis] notices of sessions', () => {
  quiet('are green for who comes and red for who goes, with the change and the count', async ({ console, tell }) => {
    await console.expectLive();
    await tell('colours', 'start', ['a']);
    const toast = console.toasts.filter({ hasText: 'colours' });
    await expect(toast).toHaveClass(/good/);
    await expect(toast).toContainText('user a · +1, now 1 active');
    await tell('colours', 'end', ['a']);
    await expect(toast.filter({ hasText: 'ended' })).toHaveClass(/bad/);
    await expect(toast.filter({ hasText: 'ended' })).toContainText('user a · −1, now 0 active');
  });

  quiet('are three at most, the oldest goes first', async ({ console, tell }) => {
    await console.expectLive();
    for (const app of ['one', 'two', 'three', 'four']) {
      await tell(app, 'start', ['a']);
      await expect(console.toasts.filter({ hasText: `in ${app}` })).toBeVisible();
      expect(await console.toasts.count()).toBeLessThanOrEqual(4); // one may be fading out
    }
    await expect(console.toasts).toHaveCount(3);
    await expect(console.toasts.filter({ hasText: 'in one' })).toHaveCount(0);
  });

  quiet('are gone after five seconds, but not from under the pointer', async ({ console, page, tell }) => {
    await console.expectLive();
    await tell('brief', 'start', ['a']);
    const toast = console.toasts.filter({ hasText: 'brief' });
    await expect(toast).toBeVisible();
    const shown = Date.now();
    await expect(toast).toHaveCount(0);
    expect(Date.now() - shown).toBeGreaterThan(4000);
    expect(Date.now() - shown).toBeLessThan(6500);

    await tell('brief', 'start', ['b']);
    await toast.hover();
    const hovered = Date.now();
    await expect.poll(() => Date.now() - hovered, { timeout: 10_000 }).toBeGreaterThan(7000);
    await expect(toast).toBeVisible();
    await page.mouse.move(10, 10);
    await expect(toast).toHaveCount(0);
  });

  quiet(
    'close by their button and by Escape, which closes nothing else then',
    async ({ console, page, stack, tell }) => {
      await tell('shut', 'start', ['a']);
      await console.open(stack.url, '/sessions/shut/a');
      await expect(page.getByRole('region', { name: 'Session of user a' })).toBeVisible();
      await console.expectLive();
      await tell('shut1', 'start', ['b']);
      await tell('shut2', 'start', ['b']);
      const [first, second] = ['shut1', 'shut2'].map((app) => console.toasts.filter({ hasText: app }));
      await first!.getByRole('button', { name: /^Dismiss/ }).focus();
      await page.keyboard.press('Escape');
      await expect(first!).toHaveCount(0);
      await expect(second!).toBeVisible();
      await expect(page).toHaveURL(/\/sessions\/shut\/a$/);
      await second!.getByRole('button', { name: /^Dismiss/ }).click();
      await expect(second!).toHaveCount(0);
      await page.keyboard.press('Escape');
      await expect(page).toHaveURL(/\/sessions$/);
    },
  );

  quiet('make one of a burst', async ({ console, tell }) => {
    await console.expectLive();
    await tell('burst', 'start', many(120));
    const toasts = console.toasts.filter({ hasText: 'burst' });
    await expect(toasts).toHaveText(/\+120 sessions in burst\s*now 120 active/);
    await tell('burst', 'end', many(40));
    await expect(toasts.filter({ hasText: '−40 sessions in burst' })).toContainText('now 80 active');
    await expect(toasts).toHaveCount(2);
  });

  quiet('can be switched off', async ({ console, page, tell }) => {
    await console.expectLive();
    await page.getByRole('button', { name: 'Display settings' }).click();
    await page.getByRole('menuitemcheckbox', { name: 'show notices' }).click();
    await tell('silent', 'start', ['a']);
    await page.keyboard.press('Escape');
    await page.getByRole('link', { name: /^Sessions/ }).click();
    await expect(page.getByText('joined silent')).toBeVisible();
    await expect(console.toasts).toHaveCount(0);
  });
});

quiet.describe('[chromium] [nats] [redis] the page of sessions', () => {
  quiet('counts live and keeps its place while one reads', async ({ console, page, stack, tell }) => {
    await tell('readers', 'start', many(5));
    await console.open(stack.url, '/sessions?app=readers');
    await console.expectLive();
    const rows = page.locator('app-session-table tbody tr');
    await expect(rows).toHaveCount(5);
    const tile = page.getByRole('button', { name: /^readers/ });
    await expect(tile.locator('.figure')).toHaveText('5');
    await tell('readers', 'start', many(12, 'new'));
    await expect(tile.locator('.figure')).toHaveText('17');
    await expect(page.getByRole('button', { name: '12 new, show' })).toBeVisible();
    await expect(rows).toHaveCount(5);
    await tell('readers', 'end', ['p3']);
    await expect(rows.filter({ hasText: 'user p3' })).toContainText('signed out');
    await expect(rows).toHaveCount(5);
    // Notices are in the middle of fading in or out.
    expect((await new AxeBuilder({ page }).exclude('ui-toast-region').analyze()).violations).toEqual([]);
    await page.getByRole('button', { name: '12 new, show' }).click();
    await expect(rows).toHaveCount(16);
    await page.reload();
    await expect(rows).toHaveCount(16);
    await page.getByRole('searchbox', { name: 'Search sessions' }).fill('user new7');
    await expect(rows).toHaveCount(1);
    await expect(page).toHaveURL(/app=readers&q=user(\+|%20)new7|q=user(\+|%20)new7&app=readers/);
  });

  quiet('ends sessions after a question, and says what could not be', async ({ console, page, stack, tell }) => {
    await tell('ending', 'start', ['a', 'b']);
    await console.open(stack.url, '/sessions?app=ending');
    await console.expectLive();
    const rows = page.locator('app-session-table tbody tr');
    await expect(rows).toHaveCount(2);
    await page.getByRole('checkbox', { name: 'Choose all that are shown' }).check();
    await page.getByRole('button', { name: 'End them…' }).click();
    const dialog = page.getByRole('dialog', { name: 'End 2 sessions?' });
    // It goes by itself between the question and the answer.
    await tell('ending', 'end', ['b']);
    await expect(rows.filter({ hasText: 'user b' })).toContainText('signed out');
    await dialog.getByRole('button', { name: 'End 2' }).click();
    await expect(dialog).toContainText('1 session was ended. 1 could not be:');
    await expect(dialog).toContainText('ending / b');
    await dialog.getByRole('button', { name: 'Close' }).click();
    await expect(rows.filter({ hasText: 'user a' })).toContainText('was ended');
  });

  quiet('goes on by HTTP where no WebSocket comes through', async ({ page, stack, tell }) => {
    const proxy = await startProxyWithoutWebSockets(stack.url);
    try {
      await tell('fallback', 'start', many(3));
      await page.goto(`${proxy.url}/sessions?app=fallback`);
      const rows = page.locator('app-session-table tbody tr');
      await expect(rows).toHaveCount(3);
      const tile = page.getByRole('button', { name: /^fallback/ });
      await expect(tile.locator('.figure')).toHaveText('3', { timeout: 15_000 });
      await tell('fallback', 'start', many(2, 'new'));
      await expect(tile.locator('.figure')).toHaveText('5', { timeout: 15_000 });
      await page.getByRole('button', { name: '2 new, show' }).click();
      await expect(rows).toHaveCount(5);
    } finally {
      proxy.stop();
    }
  });

  quiet(
    'shows who is watching: of two browsers the one that is killed disappears',
    async ({ console, page, stack }) => {
      await console.open(stack.url, '/sessions');
      await console.expectLive();
      const watching = page.getByRole('button', { name: /^deckwatch/ }).locator('.figure');
      await expect(watching).toHaveText('1');
      // Killed, it leaves files behind: there they are removed with the stack.
      const env = { ...process.env, TMPDIR: stack.data };
      const server = await chromium.launchServer({ executablePath: CHROMIUM, args: CHROMIUM_ARGS, env });
      const other = await chromium.connect(server.wsEndpoint());
      const context = await other.newContext({ serviceWorkers: 'block' });
      await signIn(context, stack.url);
      await (await context.newPage()).goto(`${stack.url}/overview`);
      await expect(watching).toHaveText('2');
      server.process().kill('SIGKILL');
      await expect(watching).toHaveText('1');
    },
  );
});

test.describe('[chromium] [nats] [redis] people on containers', () => {
  test('stand in the row and the panel, which tells how many a restart would hit now', async ({
    console,
    page,
    context,
    stack,
  }) => {
    const tell = await teller(context, stack.url);
    await tell('shop', 'start', many(7, 'guest'));
    await console.open(stack.url, '/containers?project=shop&q=web');
    await console.expectLive();
    const people = console.row('shop-web-1').locator('td.people');
    await expect.poll(async () => Number(await people.textContent())).toBeGreaterThanOrEqual(7);
    await console.row('shop-web-1').getByRole('link').click();
    const panel = page.getByRole('region', { name: 'Safe to restart?' });
    const hit = async () => Number(/(\d+) people/.exec((await panel.textContent()) ?? '')?.[1] ?? 0);
    await expect.poll(hit).toBeGreaterThanOrEqual(7);
    await expect(panel).toContainText('would be hit now, and no other container serves them');
    await tell('shop', 'start', many(100, 'crowd'));
    await expect.poll(hit).toBeGreaterThanOrEqual(107);
    await tell('shop', 'end', [...many(100, 'crowd'), ...many(7, 'guest')]);
    await expect.poll(hit).toBeLessThan(100);
  });

  test('are told of with what failed', async ({ console, page, stack }) => {
    await console.open(stack.url, '/overview');
    const failed = page.getByText(/(people were|person was) on it, (none|\d+) gone within 10 s/);
    await expect(failed.first()).toBeVisible({ timeout: 90_000 });
  });
});
