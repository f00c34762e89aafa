// @ts-check
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Lines, parseLogLine, readable, Repeats } from './log-lines.mjs';
import { Progress } from './progress.mjs';
import { RotatingLog } from './rotating-log.mjs';

test('a log never takes more than twice its bound, and keeps the latest lines', () => {
  const folder = mkdtempSync(join(tmpdir(), 'log-'));
  const file = join(folder, 'x.log');
  const log = new RotatingLog(file, 1000);
  for (let line = 0; line < 500; line += 1) {
    log.write(`line ${line}\n`);
    assert.ok(statSync(file).size <= 1000);
  }
  log.close();
  assert.ok(statSync(`${file}.1`).size <= 1000);
  assert.match(readFileSync(file, 'utf8'), /line 499\n$/);
  const again = new RotatingLog(file, 1000);
  assert.equal(again.size, statSync(file).size);
  again.close();
  rmSync(folder, { recursive: true });
});

test('a line of a service is shown with its facts on one line', () => {
  const line = parseLogLine(
    '{"t":1700000000000,"level":"warn","service":"collector","message":"engine away","reason":"a\\nb","n":3}',
  );
  assert.ok(line);
  assert.match(
    readable('collector', line),
    /^\d\d:\d\d:\d\d {2}warn {3}collector {2}engine away {2}reason=a \| b {2}n=3$/,
  );
});

test('what is no line of ours is left alone', () => {
  for (const text of ['', 'hello', '{', '{"a":1}', 'null']) assert.equal(parseLogLine(text), null);
});

test('a message is shown once a minute, then with how many were held back', () => {
  let now = 0;
  const repeats = new Repeats(() => now);
  assert.equal(repeats.pass('a', 'm'), 0);
  assert.equal(repeats.pass('b', 'm'), 0);
  now = 30_000;
  assert.equal(repeats.pass('a', 'm'), null);
  assert.equal(repeats.pass('a', 'm'), null);
  now = 61_000;
  assert.equal(repeats.pass('a', 'm'), 2);
  for (let index = 0; index < 10_000; index += 1) repeats.pass('a', `m${index}`);
  assert.ok(repeats.seen.size <= 200);
});

test('lines come whole however the text is cut, and an endless one is cut', () => {
  /** @type {string[]} */
  const taken = [];
  const lines = new Lines((line) => taken.push(line));
  for (const text of ['a', 'b\nc', '\n', 'd']) lines.push(text);
  assert.deepEqual(taken, ['ab', 'c']);
  lines.end();
  assert.deepEqual(taken, ['ab', 'c', 'd']);
  lines.push('x'.repeat(70_000));
  assert.equal(lines.rest, '');
});

test('a step is one aligned line with its time', async () => {
  let text = '';
  let now = 0;
  const progress = new Progress({ write: (part) => (text += part) }, () => now);
  const result = await progress.step(
    'build',
    async () => (now = 1500),
    () => 'done',
  );
  assert.equal(result, 1500);
  assert.match(text, /^ {2}build {6}done {70} +1\.5 s\n$/);
});
