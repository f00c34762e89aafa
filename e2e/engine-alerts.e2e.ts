import type { Page } from '@playwright/test';
import { engineTest as test, expect } from './test.ts';
import { signIn } from './sign-in.ts';

/** Busy until it is told to rest: one core's worth, in steps that a busy machine can follow. */
const BUSY = 'trap "exit 0" TERM; while :; do :; done';
const DYING = 'echo reading the cargo list; echo no such harbour; exit 3';
const SOON = { timeout: 20_000 };

/** The machine itself may be busy enough for an alert of its own: header and page count the same. */
async function expectCountsAgree(page: Page): Promise<void> {
  const firing = async () => /(\d+) firing/.exec((await page.locator('.counts').textContent()) ?? '')?.[1] ?? '0';
  const counted = async () => (await page.getByTestId('alert-count').allTextContents())[0]?.trim() ?? '0';
  await expect.poll(async () => (await firing()) === (await counted())).toBe(true);
}

test.describe('[chromium] [nats] [redis] [engine] an alert on a real container', () => {
  test('is told, found, acknowledged, silenced, resolved, and stands in the history', async ({
    console,
    context,
    harbour,
    page,
    stack,
  }) => {
    const headers = { authorization: `Bearer ${await signIn(context, stack.url)}` };
    const rule = {
      id: 'engines',
      name: 'Engines run hot',
      severity: 'critical',
      target: 'container',
      select: { name: 'harbour-engine' },
      // Over only when it is gone, however little a busy machine gives it.
      condition: { metric: 'cpu', op: '>', value: 5, clear: 0 },
      forMs: 2000,
    };
    const made = await context.request.post(`${stack.url}/api/v1/alert-rules`, { data: rule, headers });
    expect(made.status()).toBe(201);
    await console.expectLive();
    await harbour.run('harbour-engine', 'harbour', BUSY);

    // Told: it fires, and a click on the toast leads there.
    const toast = console.toasts.filter({ hasText: 'Engines run hot' });
    await expect(toast).toContainText('harbour-engine: CPU is', SOON);
    await expect(toast).toHaveClass(/bad/);
    await toast.getByRole('button', { name: 'Engines run hot', exact: true }).click();
    await expect(page).toHaveURL(/\/alerts\?alert=engines-/);
    const group = page.locator('.rule').filter({ hasText: 'Engines run hot' });
    const line = group.locator('app-alert-line');
    await expect(line.locator('.state')).toContainText('firing');
    await expect(line.locator('.value')).toContainText(/\d %.*5\.0 %/);
    await expect(line.locator('.trail .level')).toBeAttached();
    await expect(line.locator('app-alert-detail')).toContainText('firing: harbour-engine: CPU is');
    await expectCountsAgree(page);
    await expect(page).toHaveTitle(/^\(\d+\) /);

    // Taken on, taken back, then silenced.
    await line.getByRole('button', { name: /^Acknowledge/ }).click();
    await page.getByRole('dialog').getByLabel('Note').fill('easing the throttle');
    await page.keyboard.press('Enter');
    await expect(line.locator('.ack')).toContainText('admin: easing the throttle');
    await expectCountsAgree(page);
    await line.getByRole('button', { name: /^Take back/ }).click();
    await expect(line.locator('.ack')).toHaveCount(0);
    await line.getByRole('button', { name: /^Silence/ }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Silence' }).click();
    await expect(line.locator('.state')).toContainText('silenced');
    await expectCountsAgree(page);

    // Over: it is gone from the list and its whole story stands in the history.
    await harbour.remove('harbour-engine');
    await page.mouse.move(0, 0);
    await expect(group).toHaveCount(0, SOON);
    const history = page.getByRole('region', { name: 'History' });
    await history.getByLabel('Rule').selectOption({ label: 'Engines run hot' });
    await expect(page).toHaveURL(/rule=engines/);
    const last = history.locator('li').filter({ hasText: /Engines run hot resolved\s+on harbour-engine/ });
    await last.getByRole('button', { name: /^Details/ }).click();
    for (const words of [
      'pending:',
      'firing:',
      'acknowledged by admin: easing the throttle',
      'silenced by',
      'resolved',
    ])
      await expect(last.locator('app-alert-detail ol')).toContainText(words);
    await page.reload();
    await expect(history.getByLabel('Rule')).toHaveValue('engines');
    await history.getByLabel('State').selectOption('firing');
    await expect(history.locator('li')).toHaveCount(1);
  });

  test('that died tells its last words, at the alert and on its page', async ({
    console,
    context,
    harbour,
    page,
    stack,
  }) => {
    const headers = { authorization: `Bearer ${await signIn(context, stack.url)}` };
    const rule = {
      id: 'lost',
      name: 'Lost at sea',
      target: 'container',
      select: { name: 'harbour-dinghy' },
      condition: { event: ['died'], count: 1, withinMs: 120_000 },
    };
    const made = await context.request.post(`${stack.url}/api/v1/alert-rules`, { data: rule, headers });
    expect(made.status()).toBe(201);
    await console.expectLive();
    await harbour.run('harbour-dinghy', 'harbour', DYING);
    await console.open(stack.url, '/alerts');
    const line = page.locator('.rule').filter({ hasText: 'Lost at sea' }).locator('app-alert-line');
    await line.getByRole('button', { name: /^Details/ }).click(SOON);
    const words = page.getByRole('region', { name: 'Before it died' });
    await expect(words).toContainText('no such harbour', SOON);
    await expect(words.locator('dd').first()).toHaveText('3');
    await line.getByRole('link', { name: 'harbour-dinghy' }).click();
    await expect(page.getByRole('heading', { level: 1, name: 'harbour-dinghy' })).toBeVisible();
    await expect(words.locator('pre')).toHaveText('reading the cargo list\nno such harbour');
    await harbour.remove('harbour-dinghy');
  });
});
