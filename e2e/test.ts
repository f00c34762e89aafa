import { test as base } from '@playwright/test';
import { ConsolePage } from './console-page.ts';
import { Stack } from './stack.ts';

/** Tests that share one running stack; each has a page of its own. */
export const test = base.extend<{ console: ConsolePage }, { stack: Stack }>({
  stack: [
    // eslint-disable-next-line no-empty-pattern -- Playwright reads the names of the fixtures that are asked for
    async ({}, use) => {
      const stack = await Stack.start();
      await use(stack);
      await stack.stop();
    },
    { scope: 'worker', timeout: 260_000 },
  ],
  console: async ({ page, stack }, use) => {
    const console = new ConsolePage(page);
    await console.open(stack.url);
    await use(console);
  },
});
export { expect } from '@playwright/test';
