import AxeBuilder from '@axe-core/playwright';
import { expect, type BrowserContext, type Page } from '@playwright/test';
import { PAGES } from './console-page.ts';
import { signIn } from './sign-in.ts';
import { teller } from './teller.ts';
import { test } from './test.ts';

/** Fires on every host for as long as there is this rule. */
const HOSTS_RUN = { name: 'Hosts run', target: 'host', condition: { metric: 'running', op: '>=', value: 0 } };

/** What fades in is there within a millisecond, and a frame. */
async function atRest(): Promise<void> {
  await Promise.allSettled(document.getAnimations().map(({ finished }) => finished));
}

/** Waits for what is on the way, and names each rule that is broken in a theme, with the first place where it is. */
async function brokenRules(page: Page, within = 'html'): Promise<string[]> {
  await expect(page.locator('ui-loading')).toHaveCount(0);
  await expect(page.locator('ui-error-state')).toHaveCount(0);
  const broken: string[] = [];
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await page.evaluate(atRest);
    const { violations } = await new AxeBuilder({ page }).include(within).analyze();
    for (const { id, nodes } of violations)
      broken.push(`${page.url()} ${colorScheme} ${id}: ${nodes[0]?.html} ${nodes[0]?.failureSummary}`);
  }
  return broken;
}

/** Has an alert fire; resolves with its id and with what ends it. */
async function startAlert({ request }: BrowserContext, url: string, token: string) {
  const headers = { authorization: `Bearer ${token}` };
  const rule = await request.post(`${url}/api/v1/alert-rules`, { headers, data: HOSTS_RUN });
  const { id } = (await rule.json()) as { id: string };
  const itsAlert = async (): Promise<string | undefined> => {
    const { items } = (await (await request.get(`${url}/api/v1/alerts`, { headers })).json()) as {
      items: { id: string; rule: { id: string } }[];
    };
    return items.find((alert) => alert.rule.id === id)?.id;
  };
  await expect.poll(itsAlert, { timeout: 15_000 }).toBeDefined();
  return { id: await itsAlert(), end: () => request.delete(`${url}/api/v1/alert-rules/${id}`, { headers }) };
}

test.describe('[chromium] [nats] [redis] no rule of axe is broken in either theme', () => {
  test.beforeEach(({ page }) => page.emulateMedia({ reducedMotion: 'reduce' }));

  test('by a page', async ({ console, page, stack }) => {
    for (const path of PAGES) {
      await console.open(stack.url, path);
      await console.expectLive();
      await expect(page.getByRole('heading', { level: 1 })).toBeAttached();
      expect(await brokenRules(page)).toEqual([]);
    }
  });

  test('by what one opens: a container, a session, an alert', async ({ console, context, page, stack }) => {
    await console.openAContainer(stack.url);
    expect(await brokenRules(page)).toEqual([]);

    const tell = await teller(context, stack.url);
    await tell('axe', 'start', ['a']);
    await console.open(stack.url, '/sessions/axe/a');
    await expect(page.getByRole('region', { name: 'Session of user a' })).toBeVisible();
    expect(await brokenRules(page)).toEqual([]);
    await tell('axe', 'end', ['a']);

    const alert = await startAlert(context, stack.url, await signIn(context, stack.url));
    try {
      await console.open(stack.url, `/alerts?alert=${alert.id}`);
      await expect(page.locator('app-alert-detail')).toBeVisible();
      expect(await brokenRules(page)).toEqual([]);
    } finally {
      await alert.end();
    }
  });

  test('by what lies over a page: palette, help, menu, toasts', async ({ console, context, page, stack }) => {
    await console.expectLive();
    await page.keyboard.press('Control+k');
    await page.getByRole('dialog', { name: 'Go to or do' }).getByRole('combobox').fill('o');
    await expect(page.getByRole('option').first()).toBeVisible();
    expect(await brokenRules(page, '[role=dialog]')).toEqual([]);
    await page.keyboard.press('Escape');
    await page.keyboard.press('?');
    await expect(page.getByRole('dialog', { name: 'Keyboard shortcuts' })).toBeVisible();
    expect(await brokenRules(page, '[role=dialog]')).toEqual([]);
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Display settings' }).click();
    await expect(page.getByRole('menu', { name: 'Display settings' })).toBeVisible();
    expect(await brokenRules(page, '[role=menu]')).toEqual([]);
    await page.keyboard.press('Escape');

    const tell = await teller(context, stack.url);
    await tell('axe', 'start', ['b']);
    const toast = console.toasts.filter({ hasText: 'in axe' });
    await toast.first().hover();
    await tell('axe', 'end', ['b']);
    await expect(toast).toHaveCount(2);
    expect(await brokenRules(page, 'ui-toast-region')).toEqual([]);
  });
});
