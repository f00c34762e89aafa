// Counts tests by the real parts they need, as named in their titles: "[nats] [redis] keeps the order".
// tools/test.mjs adds up what each project wrote and prints the sums.
const { mkdirSync, writeFileSync } = require('node:fs');
const { join, basename } = require('node:path');

const PATIENCE_MS = 20_000;

class PartReporter {
  constructor(globalConfig) {
    this.rootDir = globalConfig.rootDir;
  }

  onRunComplete(_contexts, results) {
    const folder = process.env.DECKWATCH_TEST_RESULTS;
    if (!folder) return;
    const counts = { passed: 0, failed: 0, skipped: 0, parts: {} };
    for (const file of results.testResults) {
      if (file.testExecError) counts.failed += 1;
      for (const test of file.testResults) {
        const outcome = test.status === 'passed' ? 'passed' : test.status === 'failed' ? 'failed' : 'skipped';
        counts[outcome] += 1;
        for (const [, part] of test.fullName.matchAll(/\[([a-z-]+)\]/g)) {
          counts.parts[part] ??= { passed: 0, failed: 0, skipped: 0 };
          counts.parts[part][outcome] += 1;
        }
      }
    }
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, `${basename(this.rootDir)}-${process.pid}.json`), JSON.stringify(counts));
    setTimeout(failForOpenHandles, PATIENCE_MS).unref();
  }
}

/** A test that left a timer or a socket open would hold up the whole run. Comes only if something still runs then. */
function failForOpenHandles() {
  console.error(
    `still running ${PATIENCE_MS / 1000} s after its last test: ${process.getActiveResourcesInfo().join(', ')}`,
  );
  process.exit(1);
}

module.exports = PartReporter;
