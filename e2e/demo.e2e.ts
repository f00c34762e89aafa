import { expect, test } from './test.ts';

const WITHIN_MS = 90_000;
/** Points of a line, at one a second. */
const HALF_A_MINUTE = 30;

test.describe('[chromium] [nats] [redis] without an engine', () => {
  test('the demo lives: figures, a session toast, an alert through its life', async ({ console, page }) => {
    const deadline = Date.now() + WITHIN_MS;
    const left = () => ({ timeout: Math.max(1, deadline - Date.now()) });
    await console.expectLive();
    await page.getByRole('link', { name: 'Overview', exact: true }).click();
    await expect(console.hostCard('demo')).toContainText('demo', left());
    await page.getByRole('link', { name: /^Containers/ }).click();
    await expect(console.rows.first()).toBeVisible(left());
    await console.expectFiguresMove();

    const said = new Set<string>();
    const listen = async (what: RegExp) => {
      for (const text of await console.toasts.allInnerTexts()) said.add(text.replace(/\s+/g, ' '));
      return [...said].some((text) => what.test(text));
    };
    await expect.poll(() => listen(/session (began|ended|expired)|[+−]\d+ sessions in/i), left()).toBe(true);

    await page.getByRole('link', { name: /^Alerts/ }).click();
    const lately = page.getByRole('region', { name: 'History' });
    await expect(
      lately
        .getByRole('listitem')
        .filter({ hasText: /resolved/ })
        .first(),
    ).toBeVisible(left());
    const story = await lately.getByRole('listitem').allInnerTexts();
    expect(story.some((line) => /firing/.test(line))).toBe(true);
  });

  test('this host is shown live, with the reason why it has no engine', async ({ console, page }) => {
    await page.getByRole('link', { name: 'Overview', exact: true }).click();
    await console.expectLive();
    const card = page.locator('app-host-card').filter({ hasNotText: 'Remove demo' });
    await expect(card.locator('dd').first()).toHaveText(/\d %/);
    await expect(card.locator('.reason')).not.toBeEmpty();
  });
});

test.describe('[chromium] [nats] [redis] containers', () => {
  test('are found as one types, filtered and sorted', async ({ console, page }) => {
    await console.expectAllDrawn();
    const all = await console.names();
    const wanted = all[0] ?? '';
    await page.keyboard.press('/');
    await page.keyboard.type(wanted);
    await expect(console.rows.locator('.title').first()).toHaveText(wanted);
    expect((await console.names()).length).toBeLessThanOrEqual(all.length);
    await page.keyboard.press('Escape');
    await expect(console.rows).toHaveCount(all.length);

    const cpu = page.getByRole('columnheader', { name: 'CPU' });
    await cpu.getByRole('button').click();
    await expect(cpu).toHaveAttribute('aria-sort', 'descending');
    const sorted = await console.cpus();
    expect(Math.max(...sorted)).toBe(sorted[0]);

    await page.getByRole('button', { name: /^running/ }).click();
    await expect(console.rows.filter({ hasText: /exit|paused/ })).toHaveCount(0);
  });

  test('show their last minute again as soon as the page is loaded anew', async ({ console, page }) => {
    const longestTrail = () =>
      console.rows
        .locator('.cpu ui-sparkline path')
        .evaluateAll((lines) =>
          Math.max(0, ...lines.map((line) => line.getAttribute('d')!.match(/[ML]/g)?.length ?? 0)),
        );
    await expect.poll(longestTrail, { timeout: 60_000 }).toBeGreaterThan(HALF_A_MINUTE);
    await page.reload();
    await expect(console.rows.first()).toBeVisible();
    await expect.poll(longestTrail, { timeout: 5000 }).toBeGreaterThan(HALF_A_MINUTE);
  });

  test('have a page each, with the last minutes as charts, and the way back leads to what was chosen', async ({
    console,
    page,
  }) => {
    await console.rows.first().waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('shop-api');
    await expect(page).toHaveURL(/q=shop-api/);
    const name = (await console.names())[0]!;
    await console.rows.first().getByRole('link', { name }).click();
    await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
    const chart = page.getByRole('img', { name: /^CPU over the last 15 minutes\. CPU: [\d.]+ %, between/ });
    await expect(chart.locator('canvas')).toBeVisible();
    await page.reload();
    await expect(chart).toBeVisible();
    await page.goBack();
    await expect(page.getByRole('searchbox')).toHaveValue('shop-api');
    await expect(console.rows.first().locator('.title')).toHaveText(name);
  });

  test('are a table to a screen reader, and the page is reached by keyboard alone', async ({ console, page }) => {
    await expect(console.rows.first()).toBeVisible();
    await expect(page.getByRole('table', { name: /Containers/ })).toBeVisible();
    await page.keyboard.press('Tab');
    await expect(page.getByRole('link', { name: 'Skip to content' })).toBeFocused();
    await page.keyboard.press('Enter');
    await expect(page.getByRole('main')).toBeFocused();
  });
});
