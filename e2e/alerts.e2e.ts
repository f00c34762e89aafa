import { expect, test } from './test.ts';

const TO_FIRE = { timeout: 15_000 };

test.describe('[chromium] [nats] [redis] alerts', () => {
  test('are written as a rule, fire, are acknowledged and silenced, and end in the history', async ({
    console,
    page,
    stack,
  }) => {
    await console.open(stack.url, '/alerts/rules/new');
    await page.getByLabel('Name', { exact: true }).fill('Shop works');
    await page.getByLabel('name', { exact: true }).last().fill('shop-db-1');
    await page.getByLabel('Level', { exact: true }).fill('0.01');
    await page.getByLabel('For at least').fill('2 s');
    const aside = page.getByRole('complementary');
    await expect(aside).toContainText('When a container named shop-db-1 has CPU over 0.0 % for 2 s.');
    await expect(aside).toContainText(/Selects 1 now, 1 of\s+them beyond the level/);
    await page.getByRole('button', { name: 'Save' }).click();
    await expect(page.getByRole('link', { name: 'Shop works' })).toBeVisible();

    await page.getByRole('navigation', { name: 'Alerts' }).getByRole('link', { name: 'Now' }).click();
    const alert = page.locator('.rule').filter({ hasText: 'Shop works' });
    await expect(alert).toContainText('firing', TO_FIRE);
    await alert.getByRole('button', { name: /^Acknowledge/ }).click();
    await page.getByRole('dialog').getByLabel('Note').fill('on it');
    await page.keyboard.press('Enter');
    await expect(alert).toContainText('admin: on it');
    await alert.getByRole('button', { name: /^Silence/ }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Silence' }).click();
    await expect(page.getByRole('dialog')).toHaveCount(0);
    await page.getByRole('link', { name: 'Silences' }).click();
    await expect(page.locator('li .name').filter({ hasText: 'rule shop_works' })).toBeVisible();

    await page.getByRole('link', { name: 'Rules' }).click();
    await page.getByRole('button', { name: 'Delete Shop works' }).click();
    await page.getByRole('button', { name: 'Really delete Shop works' }).click();
    await page.getByRole('navigation', { name: 'Alerts' }).getByRole('link', { name: 'Now' }).click();
    await expect(alert).toHaveCount(0, TO_FIRE);
    await expect(page.getByRole('region', { name: 'History' })).toContainText(/Shop works resolved\s+on shop-db-1/);
  });
});
