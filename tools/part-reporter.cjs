// Counts tests by the real parts they need, as named in their titles: "[nats] [redis] keeps the order".
// tools/test.mjs adds up what each project wrote and prints the sums.
const { mkdirSync, writeFileSync } = require('node:fs');
const { join, basename } = require('node:path');

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
  }
}

module.exports = PartReporter;
