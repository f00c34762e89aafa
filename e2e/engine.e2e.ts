import { ConsolePage } from './console-page.ts';
import { engineTest as test, expect } from './test.ts';

/** From the end of the container until it stands on the screen. */
const STOP_SHOWS_MS = 1000;

test.describe('[chromium] [nats] [redis] [engine] real containers', () => {
  test('appear as they start, their figures move, and go as they are removed', async ({ console, harbour }) => {
    await expect(console.row('harbour-crane')).toBeVisible();
    await harbour.run('harbour-tug', 'harbour');
    await expect(console.row('harbour-tug')).toBeVisible({ timeout: 3000 });
    await expect(console.cpuOf('harbour-tug')).toHaveText(/\d/, { timeout: 6000 });
    await console.expectFiguresMove();
    await harbour.remove('harbour-tug');
    await expect(console.row('harbour-tug')).toHaveCount(0, { timeout: 3000 });
  });

  test('that stop are shown so within a second, in every tab', async ({ console, context, harbour, stack }) => {
    const second = new ConsolePage(await context.newPage());
    await second.open(stack.url, '/containers');
    await expect(console.row('island-light')).toBeVisible();
    await expect(second.row('island-light')).toContainText('running');
    await harbour.stop('island-light');
    await Promise.all(
      [console, second].map((tab) =>
        expect(tab.row('island-light')).toContainText('exited', { timeout: STOP_SHOWS_MS }),
      ),
    );
    await harbour.start('island-light');
    await expect(console.row('island-light')).toContainText('running', { timeout: 3000 });
  });

  test('are filtered, sorted and grouped in an address that another tab can open', async ({
    console,
    context,
    page,
  }) => {
    await page.getByRole('searchbox', { name: 'Search containers' }).fill('harbour');
    await expect(console.row('island-light')).toHaveCount(0);
    await page.getByRole('columnheader', { name: 'CPU' }).getByRole('button').click();
    await page.getByRole('combobox', { name: 'Group rows' }).selectOption('project');
    await expect(page.getByRole('rowheader', { name: /^harbour/ })).toBeVisible();
    // The address follows the view: all three choices stand in it, then it is given away.
    await expect(page).toHaveURL(/q=harbour&sort=-cpu&group=project/);
    const other = new ConsolePage(await context.newPage());
    await other.page.goto(page.url());
    await expect(other.row('harbour-crane')).toBeVisible();
    await expect(other.row('island-light')).toHaveCount(0);
    await expect(other.page.getByRole('rowheader', { name: /^harbour/ })).toBeVisible();
    await expect(other.page.getByRole('columnheader', { name: 'CPU' })).toHaveAttribute('aria-sort', 'descending');
  });

  test('have an address each, and the way back leads to the table as it was', async ({ console, page }) => {
    await page.getByRole('searchbox', { name: 'Search containers' }).fill('crane');
    await expect(page).toHaveURL(/q=crane/);
    await console.row('harbour-crane').getByRole('link', { name: 'harbour-crane' }).click();
    const title = page.getByRole('heading', { level: 1, name: 'harbour-crane' });
    await expect(title).toBeVisible();
    await page.reload();
    await expect(title).toBeVisible();
    await page.goBack();
    await expect(title).toHaveCount(0);
    await expect(page.getByRole('searchbox', { name: 'Search containers' })).toHaveValue('crane');
    await expect(console.row('harbour-crane')).toBeVisible();
  });

  test('are gone to by name, and tell by their address where they are', async ({ console, page }) => {
    await expect(console.row('harbour-crane')).toBeVisible();
    await page.keyboard.press('Control+k');
    await expect(page.getByRole('dialog', { name: 'Go to or do' }).getByRole('combobox')).toBeFocused();
    await page.keyboard.type('harbcrane');
    await expect(page.getByRole('option').first()).toContainText('harbour-crane');
    await page.keyboard.press('Enter');
    await expect(page.getByRole('heading', { level: 1, name: 'harbour-crane' })).toBeVisible();
    await expect(page).toHaveURL(/\/containers\/[^/]+\/[0-9a-f]{12}$/);
    await expect(page).toHaveTitle(/harbour-crane · Deckwatch$/);
  });

  test('are as they are now when a tab that was frozen wakes', async ({ console, context, harbour, page }) => {
    await expect(console.row('harbour-ledger')).toContainText('running');
    await page.evaluate(() => document.body.setAttribute('data-same-page', 'yes'));
    const cdp = await context.newCDPSession(page);
    await cdp.send('Page.setWebLifecycleState', { state: 'frozen' });
    await harbour.stop('harbour-ledger');
    await cdp.send('Page.setWebLifecycleState', { state: 'active' });
    await expect(console.row('harbour-ledger')).toContainText('exited', { timeout: 3000 });
    await console.expectLive();
    await console.expectFiguresMove();
    await expect(page.locator('body')).toHaveAttribute('data-same-page', 'yes');
    await harbour.start('harbour-ledger');
  });
});
