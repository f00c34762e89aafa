import { ConsolePage } from './console-page.ts';
import { startEitherDoor } from './either-door.ts';
import { startProxyWithoutWebSockets } from './no-websocket-proxy.ts';
import { signIn } from './sign-in.ts';
import { expect, test } from './test.ts';

/** From the question for a WebSocket, which is refused, until figures come by HTTP. */
const FALLBACK_MS = 5000;
/** Sooner than two heartbeats, after which a silent connection is given up in any case. */
const WOKEN_MS = 15_000;

/** Has the page's clock go on by so long, as it does while a machine sleeps, which its timers don't see. */
function letTimePass(ms: number): void {
  const now = Date.now;
  Date.now = () => now() + ms;
}

test.describe('[chromium] [nats] [redis] when something is away', () => {
  test('a killed gateway: the last state is marked, a countdown runs, and it recovers by itself', async ({
    console,
    page,
    stack,
  }) => {
    // The waits grow, by chance less: here they are as long as can be.
    await page.addInitScript(() => {
      Math.random = () => 0.99;
    });
    await page.reload();
    await console.expectLive();
    await expect(console.rows.first()).toBeVisible();
    await page.evaluate(() => document.body.setAttribute('data-same-page', 'yes'));
    const letItLive = stack.keepDown('gateway');
    try {
      const seconds = async () => Number(/Reconnecting in (\d+) s/.exec((await console.pill.textContent()) ?? '')?.[1]);
      await expect.poll(seconds, { timeout: 20_000, intervals: [100] }).toBeGreaterThanOrEqual(3);
      await expect.poll(seconds, { timeout: 20_000, intervals: [100] }).toBeLessThan(3);
      await expect(console.pill.getByRole('button', { name: 'Reconnect now' })).toBeVisible();
      await expect(page.locator('tr.stale').first()).toBeVisible();
      await expect(console.outage).toContainText(/last known state.*\d+ s old/s);
    } finally {
      letItLive();
    }
    await console.expectLive(60_000);
    await expect(page.locator('tr.stale')).toHaveCount(0);
    await console.expectFiguresMove();
    await expect(page.locator('body')).toHaveAttribute('data-same-page', 'yes');
  });

  test('one of two gateways killed: the other takes over by itself', async ({ page, stack }) => {
    const first = await stack.startGateway();
    const door = await startEitherDoor([first.port, Number(new URL(stack.url).port)]);
    try {
      const console = new ConsolePage(page);
      await console.open(door.url);
      await console.expectLive();
      await expect(console.rows.first()).toBeVisible();
      first.kill();
      await expect(console.pill).not.toHaveText(/^\s*Live\s*$/);
      await console.expectLive(10_000);
      await expect(page.locator('tr.stale')).toHaveCount(0);
      await console.expectFiguresMove();
    } finally {
      door.stop();
      first.kill();
    }
  });

  test('WebSockets refused while HTTP works: fresh figures with their age within 5 s', async ({ page, stack }) => {
    const proxy = await startProxyWithoutWebSockets(stack.url);
    try {
      const console = new ConsolePage(page);
      // The list's first rows, which come by HTTP in any case, are lost: all that is shown is the fallback's.
      await page.route('**/api/v1/containers?limit=50&**', (route) => route.abort());
      const asking = page.waitForEvent('websocket').then(() => Date.now());
      await console.open(proxy.url);
      const asked = await asking;
      const left = () => ({ timeout: Math.max(1, FALLBACK_MS - (Date.now() - asked)) });
      await expect(console.rows.locator('.cpu .figure').filter({ hasText: /\d/ }).first()).toBeVisible(left());
      await expect(console.outage).toContainText(/come by HTTP every 5 s.*\b[0-5] s old/s, left());
      await console.expectFiguresMove();
      await expect(page.locator('tr.stale')).toHaveCount(0);
    } finally {
      proxy.stop();
    }
  });

  test('live figures switched off by a flag: they come by HTTP, and live again without a reload', async ({
    console,
    context,
    stack,
  }) => {
    const headers = { authorization: `Bearer ${await signIn(context, stack.url)}` };
    const set = (value: boolean) => context.request.put(flag, { headers, data: { value } });
    const flag = `${stack.url}/api/v1/flags/containerStats`;
    await console.expectLive();
    await expect(console.rows.first()).toBeVisible();
    try {
      expect((await set(false)).ok()).toBe(true);
      await expect(console.outage).toContainText(/switched off.*by HTTP/);
      await console.expectFiguresMove(15_000);
    } finally {
      await set(true);
    }
    await expect(console.outage).not.toContainText('switched off');
    await console.expectFiguresMove();
  });

  test('a network that changes while the page is loaded: it is loaded again by itself', async ({ page, stack }) => {
    const console = new ConsolePage(page);
    let lost = 0;
    await page.route('**/first-*.js', (route) => (lost++ < 2 ? route.abort('internetdisconnected') : route.continue()));
    await console.open(stack.url);
    await expect(console.rows.first()).toBeVisible();
    expect(lost).toBe(3);
    expect(await page.evaluate(() => sessionStorage.getItem('deckwatch.loads'))).toBeNull();
  });

  test('a network that changes while another page is opened: it comes all the same', async ({ console, page }) => {
    await console.expectLive();
    let lost = 0;
    await page.route('**/*.js', (route) => (lost++ < 1 ? route.abort('internetdisconnected') : route.continue()));
    await page.getByRole('link', { name: /^Alerts/ }).click();
    await expect(page.getByRole('heading', { name: 'Active alerts' })).toBeVisible();
    expect(lost).toBeGreaterThan(1);
  });

  test('a machine that slept, whose connection is dead without a word: live again on the same page', async ({
    context,
    page,
    stack,
  }) => {
    const door = await startEitherDoor([Number(new URL(stack.url).port)]);
    try {
      let sockets = 0;
      page.on('websocket', () => (sockets += 1));
      const console = new ConsolePage(page);
      await console.open(door.url);
      await console.expectLive();
      await expect(console.rows.first()).toBeVisible();
      await page.evaluate(() => document.body.setAttribute('data-same-page', 'yes'));
      const cdp = await context.newCDPSession(page);
      await cdp.send('Page.setWebLifecycleState', { state: 'frozen' });
      door.fallSilent();
      const before = sockets;
      await page.evaluate(letTimePass, 600_000);
      await cdp.send('Page.setWebLifecycleState', { state: 'active' });
      await expect.poll(() => sockets, { timeout: WOKEN_MS }).toBeGreaterThan(before);
      await console.expectLive();
      await console.expectFiguresMove();
      await expect(page.locator('tr.stale')).toHaveCount(0);
      await expect(page.locator('body')).toHaveAttribute('data-same-page', 'yes');
    } finally {
      door.stop();
    }
  });

  test('no network and back: it returns at once', async ({ console, context }) => {
    await console.expectLive();
    // The browser does not always cut a WebSocket that is open: it is told again until it does.
    await expect(async () => {
      await context.setOffline(false);
      await context.setOffline(true);
      await expect(console.pill).toContainText(/Offline|Reconnecting/, { timeout: 5000 });
    }).toPass({ timeout: 20_000 });
    await context.setOffline(false);
    await console.expectLive(5000);
  });
});
