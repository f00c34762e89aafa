import type { Browser, BrowserContextOptions, Page } from '@playwright/test';
import { CHROMIUM, CHROMIUM_ARGS } from '../../../e2e/browser.ts';
import { signIn } from '../../../e2e/sign-in.ts';
import { Stack } from '../../../e2e/stack.ts';
import { localBroker } from '../fleet/broker-address.ts';
import { Fleet, type FleetOptions } from '../fleet/fleet.ts';
import { onceEnded } from '../signals.ts';

export type StageOptions = Partial<Omit<FleetOptions, 'nats'>> & {
  containers: number;
  /** More settings of the services. */
  env?: Record<string, string>;
};

/** A Deckwatch of its own with a simulated fleet, and a browser before it. */
export class Stage {
  private constructor(
    readonly stack: Stack,
    readonly fleet: Fleet,
    readonly browser: Browser,
    /** Where the browser's own protocol is spoken, for programs beside Playwright. */
    readonly debugPort: number,
  ) {}

  static async start(options: StageOptions, debugPort = 0): Promise<Stage> {
    const stack = await Stack.start({ demo: 'off', env: options.env ?? {} });
    try {
      const fleet = await Fleet.start({
        nats: localBroker(stack.data),
        name: 'fleet',
        hosts: Math.max(1, Math.ceil(options.containers / 250)),
        seed: 7,
        intervalMs: 1000,
        eventsPerMinute: 12,
        singles: false,
        ...options,
      });
      const args = [...CHROMIUM_ARGS, ...(debugPort > 0 ? [`--remote-debugging-port=${debugPort}`] : [])];
      const { chromium } = await import('@playwright/test');
      const browser = await chromium.launch({ executablePath: CHROMIUM, args });
      return new Stage(stack, fleet, browser, debugPort);
    } catch (error) {
      await stack.stop();
      throw error;
    }
  }

  get url(): string {
    return this.stack.url;
  }

  async page(options: BrowserContextOptions = {}): Promise<Page> {
    const context = await this.browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
    await signIn(context, this.stack.url);
    // The bundler has each function keep its name by a call that the page does not know.
    await context.addInitScript('globalThis.__name = (named) => named');
    return context.newPage();
  }

  /** Signs in whatever else opens tabs in this browser. */
  async signInEverywhere(): Promise<void> {
    const context = await this.browser.newContext();
    await signIn(context, this.stack.url);
    const cookies = (await context.cookies()).map(({ name, value, path }) => ({
      name,
      value,
      path,
      url: this.stack.url,
    }));
    const browser = await this.browser.newBrowserCDPSession();
    await browser.send('Storage.setCookies', { cookies });
    await context.close();
  }

  async close(): Promise<void> {
    await this.browser.close();
    await this.fleet.stop();
    await this.stack.stop();
  }
}

/** Brings up a stage for one piece of work, and takes it down whatever comes. */
export async function onStage(options: StageOptions, work: (stage: Stage) => Promise<void>, port = 0): Promise<void> {
  const stage = await Stage.start(options, port);
  onceEnded(() => void stage.close().finally(() => process.exit(130)));
  try {
    await work(stage);
  } finally {
    await stage.close();
  }
}
