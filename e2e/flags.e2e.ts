import type { Page, WebSocket } from '@playwright/test';
import { ConsolePage } from './console-page.ts';
import { expect, test } from './test.ts';

interface Frame {
  event: string;
  data: { topic?: string; code?: string };
}

/** The frames that a console receives from now on, of its present connection and the next. */
function framesOf(page: Page): Frame[] {
  const frames: Frame[] = [];
  page.on('websocket', (socket: WebSocket) =>
    socket.on('framereceived', ({ payload }) => frames.push(...([JSON.parse(String(payload))].flat() as Frame[]))),
  );
  return frames;
}

test.describe('[chromium] [nats] [redis] flags, from the settings page', () => {
  const FLAGS = [
    ['Live figures of containers', 'stats.visible', '/api/v1/containers', '/containers'],
    ['Live sessions', 'sessions.count', '/api/v1/sessions/count', '/sessions'],
    ['Live alerts', 'alerts', '/api/v1/alerts', '/alerts'],
  ] as const;

  for (const [words, topic, path, where] of FLAGS) {
    test(`${words}: off, a console that is open asks by HTTP; on, it is live again`, async ({
      context,
      page,
      stack,
    }) => {
      const settings = await context.newPage();
      await settings.goto(`${stack.url}/settings`);
      const flag = settings.getByRole('switch', { name: words });
      const frames = framesOf(page);
      const console = new ConsolePage(page);
      await console.open(stack.url, where);
      await console.expectLive();
      await page.evaluate(() => document.body.setAttribute('data-same-page', 'yes'));
      const came = (event: string, of = topic as string): boolean => frames.some(({ event: name, data }) => name === event && data.topic === of); // prettier-ignore
      await expect.poll(() => came('snapshot')).toBe(true);
      await page.bringToFront();
      try {
        const asked = page.waitForRequest((request) => new URL(request.url()).pathname === path, { timeout: 15_000 });
        await flag.click();
        await expect(flag).toHaveAttribute('aria-checked', 'false');
        await expect.poll(() => came('error'), { timeout: 2000 }).toBe(true);
        expect((await (await asked).response())?.status()).toBe(200);
        frames.length = 0;
        await expect.poll(() => came('update', 'hosts')).toBe(true);
        expect(frames.filter(({ data }) => data.topic === topic)).toEqual([]);
        await console.expectLive();
      } finally {
        await flag.click();
      }
      await expect(flag).toHaveAttribute('aria-checked', 'true');
      await expect.poll(() => came('snapshot')).toBe(true);
      await expect(page.locator('body')).toHaveAttribute('data-same-page', 'yes');
      await settings.close();
    });
  }

  test('Send each console only what it looks at: off, everybody gets everything', async ({ context, page, stack }) => {
    const settings = await context.newPage();
    await settings.goto(`${stack.url}/settings`);
    const flag = settings.getByRole('switch', { name: 'Send each console only what it looks at' });
    const frames = framesOf(page);
    const console = new ConsolePage(page);
    await console.open(stack.url, '/alerts');
    await console.expectLive();
    const figures = (): number => frames.filter(({ data }) => data.topic === 'stats').length;
    expect(figures()).toBe(0);
    try {
      await flag.click();
      await expect.poll(figures).toBeGreaterThan(2);
    } finally {
      await flag.click();
    }
    await expect(flag).toHaveAttribute('aria-checked', 'true');
    await expect
      .poll(async () => {
        const before = figures();
        await expect.poll(() => frames.filter(({ event, data }) => event === 'update' && data.topic === 'hosts').length).toBeGreaterThan(0); // prettier-ignore
        frames.length = 0;
        return before;
      })
      .toBe(0);
    await console.expectLive();
    await settings.close();
  });
});
