import { test as base } from '@playwright/test';
import { startEngine, type Engine } from '../libs/testing/src/engine.ts';
import { judgeParts } from '../libs/testing/src/parts.ts';
import { ConsolePage } from './console-page.ts';
import { Harbour } from './harbour.ts';
import { signIn } from './sign-in.ts';
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
  context: async ({ context, stack }, use) => {
    await signIn(context, stack.url);
    await use(context);
  },
  console: async ({ page, stack }, use) => {
    const console = new ConsolePage(page);
    await console.open(stack.url);
    await use(console);
  },
});

/** The same before a real container engine; skipped where none may be started. */
export const engineTest = base.extend<{ console: ConsolePage }, { engine: Engine; harbour: Harbour; stack: Stack }>({
  engine: [
    // eslint-disable-next-line no-empty-pattern -- as above
    async ({}, use) => {
      const verdict = judgeParts(['engine']);
      if (verdict.kind === 'fail') throw new Error(verdict.why);
      base.skip(verdict.kind === 'skip', verdict.kind === 'skip' ? verdict.why : '');
      const engine = await startEngine();
      await use(engine);
      await engine.stop();
    },
    { scope: 'worker', timeout: 660_000 },
  ],
  harbour: [
    async ({ engine }, use) => {
      await use(await Harbour.open(engine));
    },
    { scope: 'worker', timeout: 60_000 },
  ],
  stack: [
    async ({ engine, harbour }, use) => {
      await harbour.fill();
      const stack = await Stack.start({ demo: 'off', engine: engine.dockerHost });
      await use(stack);
      await stack.stop();
    },
    { scope: 'worker', timeout: 260_000 },
  ],
  context: async ({ context, stack }, use) => {
    await signIn(context, stack.url);
    await use(context);
  },
  console: async ({ page, stack }, use) => {
    const console = new ConsolePage(page);
    await console.open(stack.url);
    await use(console);
  },
});
export { expect } from '@playwright/test';
