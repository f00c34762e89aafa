import type { Locator } from '@playwright/test';
import { expect, test } from './test.ts';

test.describe('[chromium] [nats] [redis] by keyboard alone', () => {
  test('every page is reached, and told in its title', async ({ console, page }) => {
    await console.expectLive();
    for (const [keys, name] of [
      ['o', 'Overview'],
      ['s', 'Sessions'],
      ['a', 'Alerts'],
      ['c', 'Containers'],
    ] as const) {
      await page.keyboard.press('g');
      await page.keyboard.press(keys);
      await expect(page.getByRole('heading', { level: 1, name })).toBeAttached();
      await expect(page).toHaveTitle(new RegExp(name));
      await expect(page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name })).toHaveAttribute(
        'aria-current',
        'page',
      );
    }
  });

  test('so are the settings, and the pages about alerts', async ({ console, page }) => {
    await console.expectLive();
    await page.keyboard.press('g');
    await page.keyboard.press('t');
    await expect(page.getByRole('heading', { level: 1, name: 'Settings' })).toBeAttached();
    await page.keyboard.press('g');
    await page.keyboard.press('a');
    for (const name of ['Rules', 'Silences', 'Channels', 'Deliveries']) {
      const link = page.getByRole('navigation', { name: 'Alerts' }).getByRole('link', { name });
      while (!(await link.evaluate((element) => element === document.activeElement))) await page.keyboard.press('Tab');
      await page.keyboard.press('Enter');
      await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
      await expect(page).toHaveTitle(new RegExp(name, 'i'));
    }
  });

  test('a container is found, opened, left, and the focus is back on its row', async ({ console, page }) => {
    await expect(console.rows.first()).toBeVisible();
    await page.keyboard.press('/');
    await page.keyboard.type('shop-api');
    await expect(console.rows.filter({ hasNotText: 'shop-api' })).toHaveCount(0);
    await page.keyboard.press('ArrowDown');
    const first = console.rows.first().getByRole('link');
    await expect(first).toBeFocused();
    await page.keyboard.press('ArrowDown');
    const second = console.rows.nth(1).getByRole('link');
    await expect(second).toBeFocused();
    const name = (await second.textContent())!.trim();
    await page.keyboard.press('Enter');
    await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
    await expect(page).toHaveTitle(new RegExp(`${name} · Deckwatch$`));
    await page.keyboard.press('Escape');
    await expect(page.getByRole('heading', { level: 1, name })).toHaveCount(0);
    await expect(second).toBeFocused();
    await expect(page).toHaveTitle(/Containers · Deckwatch$/);
  });

  test('a session is found, opened and left, and a rule is opened', async ({ console, page }) => {
    await console.expectLive();
    const tabTo = async (target: Locator) => {
      await expect(target).toBeVisible();
      while (!(await target.evaluate((element) => element === document.activeElement)))
        await page.keyboard.press('Tab');
    };
    await page.keyboard.press('g');
    await page.keyboard.press('s');
    await expect(page.getByRole('heading', { level: 1, name: 'Sessions' })).toBeAttached();
    await page.keyboard.press('/');
    await expect(page.getByRole('searchbox', { name: 'Search sessions' })).toBeFocused();
    await tabTo(page.locator('app-session-table tbody a').first());
    await page.keyboard.press('Enter');
    await expect(page.getByRole('region', { name: /^Session of/ })).toBeFocused();
    await expect(page).toHaveTitle(/Session of .+ · Deckwatch$/);
    await page.keyboard.press('Escape');
    await expect(page).toHaveURL(/\/sessions$/);

    await page.keyboard.press('g');
    await page.keyboard.press('a');
    await tabTo(page.getByRole('navigation', { name: 'Alerts' }).getByRole('link', { name: 'Rules' }));
    await page.keyboard.press('Enter');
    const rule = page.locator('app-rules-page li a').first();
    await tabTo(rule);
    const name = (await rule.textContent())!.trim();
    await page.keyboard.press('Enter');
    await expect(page.getByRole('textbox', { name: 'Name' }).first()).toHaveValue(name);
    await expect(page).toHaveTitle(new RegExp(`${name} · Deckwatch$`));
  });

  test('the palette takes the place of a menu that is open, and the focus goes back to its button', async ({
    console,
    page,
  }) => {
    await console.expectLive();
    const button = page.getByRole('button', { name: 'Display settings' });
    await button.focus();
    await page.keyboard.press('ArrowDown');
    const menu = page.getByRole('menu', { name: 'Display settings' });
    await expect(menu.getByRole('menuitemradio', { name: 'system' })).toBeFocused();
    await page.keyboard.press('Control+k');
    const palette = page.getByRole('dialog', { name: 'Go to or do' });
    await expect(palette.getByRole('combobox')).toBeFocused();
    await expect(menu).toBeHidden();
    await page.keyboard.press('Escape');
    await expect(palette).toHaveCount(0);
    await expect(button).toBeFocused();
  });

  test('the palette goes to a page, to a container, and is left by Escape', async ({ console, page }) => {
    await expect(console.rows.first()).toBeVisible();
    const palette = page.getByRole('dialog', { name: 'Go to or do' });
    await page.keyboard.press('Control+k');
    await expect(palette.getByRole('combobox')).toBeFocused();
    await page.keyboard.press('Escape');
    await expect(palette).toHaveCount(0);
    await page.keyboard.press('Control+k');
    await expect(palette.getByRole('combobox')).toBeFocused();
    await page.keyboard.type('sessions');
    await expect(palette.getByRole('option').first()).toContainText('Sessions');
    await page.keyboard.press('Enter');
    await expect(page.getByRole('heading', { level: 1, name: 'Sessions' })).toBeAttached();
    await page.keyboard.press('Control+k');
    await expect(palette.getByRole('combobox')).toBeFocused();
    await page.keyboard.type('wiki-app');
    await expect(palette.getByRole('option').first()).toContainText('wiki-app-1');
    await page.keyboard.press('Enter');
    await expect(page.getByRole('heading', { level: 1, name: 'wiki-app-1' })).toBeVisible();
  });

  test('what can be pressed is listed under ?', async ({ console, page }) => {
    await console.expectLive();
    await page.keyboard.press('?');
    const help = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
    await expect(help).toContainText('Go to containers');
    await page.keyboard.press('Escape');
    await expect(help).toHaveCount(0);
  });
});
