import { engineTest as test, expect } from './test.ts';
import { signIn } from './sign-in.ts';

/** Busy until it is removed. */
const BUSY = 'trap "exit 0" TERM; while :; do :; done';
/** A machine that does much else gives a sweep its turn late. */
const SOON = { timeout: 30_000 };
const RULE = {
  id: 'engines',
  name: 'Engines run hot',
  severity: 'critical',
  target: 'container',
  select: { name: 'harbour-engine' },
  // Over only when it is gone, however little of the machine it is given.
  condition: { metric: 'cpu', op: '>', value: 5, clear: 0 },
  forMs: 2000,
};

test.describe('[chromium] [nats] [redis] [engine] an alert on a real container', () => {
  test('is told, found, acknowledged, silenced, resolved, and stands in the history', async ({
    console,
    context,
    harbour,
    page,
    stack,
  }) => {
    const headers = { authorization: `Bearer ${await signIn(context, stack.url)}` };
    const rules = `${stack.url}/api/v1/alert-rules`;
    // The host of the tests may be busy enough for alerts of its own.
    for (const id of ['host-cpu-warning', 'host-cpu-critical', 'host-memory-warning', 'host-memory-critical'])
      expect((await context.request.delete(`${rules}/${id}`, { headers })).ok()).toBe(true);
    expect((await context.request.post(rules, { data: RULE, headers })).status()).toBe(201);
    await console.expectLive();
    await harbour.run('harbour-engine', 'harbour', BUSY);

    // It fires, and a click on its notice leads there; who points at a notice makes it stay.
    const toast = console.toasts.filter({ hasText: RULE.name });
    await toast.hover(SOON);
    await expect(toast).toContainText('harbour-engine: CPU is');
    await expect(toast).toHaveClass(/bad/);
    await toast.getByRole('button', { name: RULE.name, exact: true }).click();
    await expect(page).toHaveURL(/\/alerts\?alert=engines-/);
    const group = page.locator('.rule').filter({ hasText: RULE.name });
    const line = group.locator('app-alert-line');
    await expect(line.locator('.state')).toContainText('firing');
    await expect(line.locator('.value')).toContainText(/\d %.*5\.0 %/);
    await expect(line.locator('app-alert-detail')).toContainText('firing: harbour-engine: CPU is');
    await expect(page.getByTestId('alert-count')).toHaveText('1');

    await line.getByRole('button', { name: /^Acknowledge/ }).click();
    await page.getByRole('dialog').getByLabel('Note').fill('easing the throttle');
    await page.keyboard.press('Enter');
    await expect(line.locator('.ack')).toContainText('admin: easing the throttle');
    await expect(line.locator('.state')).toContainText('acknowledged');
    await expect(page.getByTestId('alert-count')).toHaveCount(0);

    await line.getByRole('button', { name: /^Take back/ }).click();
    await expect(line.locator('.ack')).toHaveCount(0);
    await line.getByRole('button', { name: /^Silence/ }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Silence' }).click();
    await expect(page.getByRole('dialog')).toHaveCount(0);
    await expect(line.locator('.state')).toContainText('silenced');

    // What ends goes from the list once nobody is in it, with the pointer or the focus.
    await harbour.remove('harbour-engine');
    await page.getByRole('heading', { name: 'Active alerts' }).click();
    await expect(group).toHaveCount(0, SOON);
    const history = page.getByRole('region', { name: 'History' });
    await history.getByLabel('Rule').selectOption({ label: RULE.name });
    await expect(page).toHaveURL(/rule=engines/);
    const last = history.locator('li').filter({ hasText: /Engines run hot resolved\s+on harbour-engine/ });
    await last.getByRole('button', { name: /^Details/ }).click();
    const told = last.locator('app-alert-detail ol');
    for (const words of ['pending:', 'firing:', 'by admin: easing the throttle', 'silenced by', 'resolved'])
      await expect(told).toContainText(words);
  });
});
