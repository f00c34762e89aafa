import { defineConfig } from '@playwright/test';
import { CHROMIUM, CHROMIUM_ARGS } from './browser.ts';

/** Real Chromium against the real stack: one launch serves all tests, one after the other. */
export default defineConfig({
  testDir: '.',
  testMatch: '*.e2e.ts',
  outputDir: '../test-results',
  reporter: 'list',
  fullyParallel: false,
  workers: 1,
  forbidOnly: true,
  retries: 0,
  // The first test waits for the stack, which may have to be built.
  timeout: 120_000,
  expect: { timeout: 10_000 },
  use: {
    serviceWorkers: 'block',
    viewport: { width: 1440, height: 900 },
    launchOptions: { executablePath: CHROMIUM, args: CHROMIUM_ARGS },
  },
});
