import { expect, type Locator, type Page } from '@playwright/test';

/** Every page that has an address without a name in it. */
export const PAGES = ['/overview', '/containers', '/sessions', '/alerts', '/settings'].concat(
  ['rules', 'rules/new', 'silences', 'channels', 'deliveries'].map((name) => `/alerts/${name}`),
);

/** The console as its users see it. */
export class ConsolePage {
  readonly rows: Locator;
  readonly toasts: Locator;
  readonly pill: Locator;
  readonly outage: Locator;

  constructor(readonly page: Page) {
    this.rows = page.locator('tbody tr[app-container-row]');
    this.toasts = page.locator('ui-toast-region .toast');
    this.pill = page.locator('app-connection-pill');
    this.outage = page.locator('app-outage-bar');
  }

  async open(url: string, path = '/containers'): Promise<void> {
    await this.page.goto(url + path);
  }

  async expectLive(timeout = 10_000): Promise<void> {
    await expect(this.pill).toHaveText(/^\s*Live\s*$/, { timeout });
  }

  /** Opens the page of any container. */
  async openAContainer(url: string): Promise<void> {
    await this.open(url, '/containers');
    await this.rows.first().locator('a.title').click();
    await expect(this.page.locator('ui-time-chart canvas').first()).toBeVisible();
  }

  hostCard(host: string): Locator {
    return this.page.locator('app-host-card', { has: this.page.getByRole('heading', { name: host, exact: true }) });
  }

  row(name: string): Locator {
    return this.rows.filter({ has: this.page.getByRole('link', { name, exact: true }) });
  }

  cpuOf(name: string): Locator {
    return this.row(name).locator('.cpu .figure');
  }

  /** Waits until a list that fits the screen stands there whole: rows come a few a frame. */
  async expectAllDrawn(): Promise<void> {
    const table = this.page.locator('app-container-table table');
    const missing = async () => Number(await table.getAttribute('aria-rowcount')) - 1 - (await this.rows.count());
    await expect(this.rows.first()).toBeVisible();
    await expect.poll(missing).toBe(0);
  }

  names(): Promise<string[]> {
    return this.rows.locator('.title').allTextContents();
  }

  /** Every CPU figure on screen, in percent of one core; what is unknown is left out. */
  async cpus(): Promise<number[]> {
    const texts = await this.rows.locator('.cpu .figure').allTextContents();
    return texts.map((text) => parseFloat(text)).filter((value) => !Number.isNaN(value));
  }

  /** Waits until some figure of the table has become another. */
  async expectFiguresMove(timeout = 6000): Promise<void> {
    const before = (await this.cpus()).join();
    await expect.poll(async () => (await this.cpus()).join() !== before, { timeout }).toBe(true);
  }
}
