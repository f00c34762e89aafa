import AxeBuilder from '@axe-core/playwright';
import { ConsolePage } from './console-page.ts';
import { PASSWORD } from './sign-in.ts';
import { expect, test } from './test.ts';

test.describe('[chromium] [nats] [redis] the door', () => {
  test('who is signed out comes back to where he wanted to go', async ({ browser, stack }) => {
    const page = await (await browser.newContext()).newPage();
    await page.goto(`${stack.url}/containers?q=shop`);
    await expect(page.getByRole('heading', { name: 'Sign in to Deckwatch' })).toBeVisible();
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
    }
    await page.getByLabel('User').fill('admin');
    await page.getByLabel('Password').fill('wrong');
    await page.keyboard.press('Enter');
    await expect(page.getByRole('alert')).toHaveText('User or password is wrong.');
    await page.getByLabel('Password').fill(PASSWORD);
    await page.keyboard.press('Enter');
    await expect(page.locator('app-connection-pill')).toHaveText(/^\s*Live\s*$/);
    await expect(page).toHaveURL(/\/containers\?q=shop$/);
    await expect(page.getByRole('searchbox')).toHaveValue('shop');
    await page.context().close();
  });

  test('a login that ends keeps the page, and signing in again goes on with it', async ({
    console,
    page,
    context,
    stack,
  }) => {
    await console.expectLive();
    await expect(console.rows.first()).toBeVisible();
    await page.evaluate(() => document.body.setAttribute('data-same-page', 'yes'));
    // As a second tab would: signing out ends the login that both share.
    await context.request.post(`${stack.url}/api/v1/auth/logout`);
    const dialog = page.getByRole('dialog', { name: 'Signed out' });
    await expect(dialog).toBeVisible();
    await expect(console.rows.first()).toBeVisible();
    await dialog.getByLabel('Password').fill(PASSWORD);
    await page.keyboard.press('Enter');
    await console.expectLive();
    await expect(dialog).toHaveCount(0);
    await console.expectFiguresMove();
    await expect(page.locator('body')).toHaveAttribute('data-same-page', 'yes');
  });

  test('signing out leads to the door', async ({ console, page }) => {
    await console.expectLive();
    await page.getByRole('button', { name: 'Display settings' }).click();
    await page.getByRole('menuitem', { name: 'sign out' }).click();
    await expect(page.getByRole('heading', { name: 'Sign in to Deckwatch' })).toBeVisible();
  });

  test('signing out that fails is not claimed', async ({ console, page }) => {
    await console.expectLive();
    await page.route('**/auth/logout', (route) => route.abort());
    await page.getByRole('button', { name: 'Display settings' }).click();
    const item = page.getByRole('menuitem', { name: 'sign out' });
    await item.click();
    await expect(page.getByRole('alert').filter({ hasText: 'You are still signed in.' })).toBeAttached();
    await console.expectLive();
    await page.unroute('**/auth/logout');
    await item.click();
    await expect(page.getByRole('heading', { name: 'Sign in to Deckwatch' })).toBeVisible();
  });

  test('two tabs that need a new token at once stay signed in, and are out together', async ({ context, stack }) => {
    const tabs = [await context.newPage(), await context.newPage()];
    let refreshes = 0;
    await context.route('**/auth/refresh', (route) => {
      refreshes += 1;
      return route.continue();
    });
    for (const tab of tabs) await tab.goto(`${stack.url}/settings`);
    const make = async (tab: (typeof tabs)[number], name: string): Promise<void> => {
      const region = tab.getByRole('region', { name: 'Tokens of programs' });
      await region.getByLabel('Name').fill(name);
      await region.getByRole('button', { name: 'Make token' }).click();
      await expect(region.getByText('It is shown this once')).toBeVisible();
    };
    await Promise.all(tabs.map((tab, at) => make(tab, `tab ${at}`)));
    expect(refreshes).toBeGreaterThan(0);
    for (const tab of tabs) await new ConsolePage(tab).expectLive();
    const [first, second] = tabs as [(typeof tabs)[number], (typeof tabs)[number]];
    await first.getByRole('button', { name: 'Display settings' }).click();
    await first.getByRole('menuitem', { name: 'sign out' }).click();
    for (const tab of [first, second]) await expect(tab.getByRole('heading', { name: 'Sign in to Deckwatch' })).toBeVisible(); // prettier-ignore
    for (const tab of tabs) await tab.close();
  });

  test('an admin adds a user, who sees what he may, and is out when he is deleted', async ({
    console,
    page,
    browser,
    stack,
  }) => {
    await console.open(stack.url, '/settings');
    const users = page.getByRole('region', { name: 'Users' });
    await users.getByLabel('User', { exact: true }).fill('vera');
    await users.getByLabel('Password').fill('a phrase of her own');
    await users.getByRole('button', { name: 'Add user' }).click();
    await expect(users.locator('.name', { hasText: 'vera' })).toBeVisible();

    const hers = await (await browser.newContext()).newPage();
    await hers.goto(`${stack.url}/settings`);
    await hers.getByLabel('User').fill('vera');
    await hers.getByLabel('Password').fill('a phrase of her own');
    await hers.keyboard.press('Enter');
    await expect(hers.getByRole('region', { name: 'Profile' }).getByText('vera · viewer')).toBeVisible();
    await expect(hers.getByRole('region', { name: 'Users' })).toHaveCount(0);

    await users.getByRole('button', { name: 'Delete vera' }).click();
    await users.getByRole('button', { name: 'Really delete vera' }).click();
    await expect(hers.getByRole('dialog', { name: 'Signed out' })).toBeVisible({ timeout: 2000 });
    await hers.context().close();
  });
});
