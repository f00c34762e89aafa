import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addUp, countsOfPlaywright, countsOfTap, requiredWithoutRun, tableOf } from './totals.mjs';

const bus = { passed: 3, failed: 0, skipped: 0, parts: { nats: { passed: 2, failed: 0, skipped: 0 } } };
const collector = {
  passed: 1,
  failed: 1,
  skipped: 4,
  parts: { engine: { passed: 0, failed: 0, skipped: 4 }, nats: { passed: 0, failed: 1, skipped: 0 } },
};

test('adds up what the projects counted, part by part', () => {
  const sum = addUp([bus, collector]);
  assert.deepEqual([sum.passed, sum.failed, sum.skipped], [4, 1, 4]);
  assert.deepEqual(sum.parts.nats, { passed: 2, failed: 1, skipped: 0 });
  assert.deepEqual(sum.parts.engine, { passed: 0, failed: 0, skipped: 4 });
  assert.deepEqual(sum.parts.chromium, { passed: 0, failed: 0, skipped: 0 });
});

test('takes no other word in brackets for a part', () => {
  const sum = addUp([{ passed: 1, failed: 0, skipped: 0, parts: { ids: { passed: 1, failed: 0, skipped: 0 } } }]);
  assert.deepEqual(Object.keys(sum.parts), ['nats', 'redis', 'engine', 'chromium', 'kubectl', 'compose', 'promtool']);
});

test('ends with the sums', () => {
  const lines = tableOf(addUp([bus, collector]), { engine: 'no engine' });
  assert.equal(lines.at(-1), '4 passed, 1 failed, 4 skipped');
  assert.match(
    lines.find((line) => line.includes('nats')),
    /nats +3 +0 +1$/,
  );
  assert.match(
    lines.find((line) => line.includes('engine')),
    /engine +0 +4 +0 +no engine$/,
  );
});

test('knows which required parts no test ran on', () => {
  const sum = addUp([bus, collector]);
  assert.deepEqual(requiredWithoutRun('nats, engine,chromium', sum), ['engine', 'chromium']);
  assert.deepEqual(requiredWithoutRun('', sum), []);
});

test("reads the counts of Node's own test runner", () => {
  const output = `ok 1 - a
ok 2 - [nats] [redis] starts # SKIP no nats-server
not ok 3 - [redis] starts again
# tests 7
# pass 4
# fail 1
# cancelled 1
# skipped 1
# todo 0
`;
  const { passed, failed, skipped, parts } = countsOfTap(output);
  assert.deepEqual([passed, failed, skipped], [4, 2, 1]);
  assert.deepEqual(parts.nats, { passed: 0, failed: 0, skipped: 1 });
  assert.deepEqual(parts.redis, { passed: 0, failed: 1, skipped: 1 });
});

const report = {
  suites: [
    {
      specs: [{ tests: [{ status: 'expected' }] }],
      suites: [
        { specs: [{ tests: [{ status: 'unexpected' }] }, { tests: [{ status: 'skipped' }, { status: 'flaky' }] }] },
      ],
    },
  ],
};

test('counts browser tests for each part that they need', () => {
  const counts = countsOfPlaywright(report, ['chromium', 'nats']);
  assert.deepEqual([counts.passed, counts.failed, counts.skipped], [2, 1, 1]);
  assert.deepEqual(counts.parts.chromium, { passed: 2, failed: 1, skipped: 1 });
  assert.deepEqual(counts.parts.nats, { passed: 2, failed: 1, skipped: 1 });
});

test('counts browser tests that were only listed as skipped', () => {
  const counts = countsOfPlaywright(report, ['chromium'], false);
  assert.deepEqual(counts.parts.chromium, { passed: 0, failed: 0, skipped: 4 });
});
