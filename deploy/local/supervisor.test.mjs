// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isSettingsFault } from './household.mjs';
import { identify, isAlive } from './processes.mjs';
import { restartPause, Supervisor } from './supervisor.mjs';

/** @typedef {{ code: number | null, signal: string | null, last: string, ranMs: number }} End */

/**
 * @param {string} script what the process does
 * @param {(end: End) => 'restart' | 'leave'} [onEnd]
 */
function supervise(script, onEnd = () => 'leave') {
  const seen = {
    lines: /** @type {string[]} */ ([]),
    pids: /** @type {number[]} */ ([]),
    ends: /** @type {End[]} */ ([]),
    pauses: /** @type {number[]} */ ([]),
  };
  const command = { name: 'x', file: process.execPath, args: ['-e', script], env: process.env, cwd: '/' };
  const supervisor = new Supervisor(command, {
    onLine: (line) => seen.lines.push(line),
    onStart: (pid) => seen.pids.push(pid),
    onEnd: (end) => (seen.ends.push(end), onEnd(end)),
    onPause: (pauseMs) => seen.pauses.push(pauseMs),
  });
  return { supervisor: supervisor.start(), seen };
}

/** @param {() => boolean} met */
async function until(met) {
  const end = Date.now() + 10_000;
  while (!met()) {
    assert.ok(Date.now() < end, 'waited in vain');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

test('pauses double, stay bounded, and are jittered', () => {
  assert.equal(
    restartPause(1, () => 1),
    500,
  );
  assert.equal(
    restartPause(1, () => 0),
    250,
  );
  assert.equal(
    restartPause(4, () => 1),
    4000,
  );
  assert.equal(
    restartPause(1000, () => 1),
    30_000,
  );
});

test('starts a crashed process again, after a growing pause', async () => {
  const { supervisor, seen } = supervise('console.log("here"); console.error("why"); process.exit(3)', () => 'restart');
  await until(() => seen.pids.length === 3);
  await supervisor.stop();
  assert.deepEqual(seen.ends[0] && { ...seen.ends[0], ranMs: 0 }, { code: 3, signal: null, last: 'why', ranMs: 0 });
  assert.ok(seen.pauses[0] !== undefined && seen.pauses[0] >= 250 && seen.pauses[0] <= 500);
  assert.ok(seen.pauses[1] !== undefined && seen.pauses[1] >= 500 && seen.pauses[1] <= 1000);
  assert.ok(seen.lines.includes('here'));
});

test('leaves a process that ended as it should', async () => {
  const { supervisor, seen } = supervise('process.exit(0)');
  await supervisor.done;
  assert.equal(seen.pids.length, 1);
  assert.equal(seen.ends[0]?.code, 0);
});

test('stops a process, and one that does not listen', async () => {
  for (const script of [
    'setInterval(() => 0, 1000)',
    'process.on("SIGTERM", () => 0); console.log("deaf"); setInterval(() => 0, 1000)',
  ]) {
    const { supervisor, seen } = supervise(script);
    await until(() => seen.pids.length === 1 && (!script.includes('deaf') || seen.lines.length === 1));
    const identity = identify(seen.pids[0] ?? 0);
    const started = Date.now();
    await supervisor.stop(300);
    assert.ok(Date.now() - started < 2000);
    assert.ok(identity && !isAlive(identity));
    assert.equal(seen.ends.length, 0, 'an end that was asked for is no failure');
  }
});

test('stops while it waits to start again', async () => {
  const { supervisor, seen } = supervise('process.exit(1)', () => 'restart');
  await until(() => seen.pauses.length === 1);
  await supervisor.stop();
  assert.equal(seen.pids.length, 1);
});

test('says when a program is not there', async () => {
  const ends = /** @type {End[]} */ ([]);
  const command = { name: 'x', file: '/no/such/program', args: [], env: process.env, cwd: '/' };
  const watchers = {
    onLine: () => 0,
    onStart: () => 0,
    onPause: () => 0,
    onEnd: (/** @type {End} */ end) => (ends.push(end), /** @type {const} */ ('leave')),
  };
  await new Supervisor(command, watchers).start().done;
  assert.match(ends[0]?.last ?? '', /no such/i);
});

test('knows a wrong setting from a crash', () => {
  const end = {
    code: 1,
    signal: null,
    last: 'DECKWATCH_PORT is "x": allowed: a whole number from 0 to 65535',
    ranMs: 400,
  };
  assert.ok(isSettingsFault(end));
  assert.ok(!isSettingsFault({ ...end, last: 'TypeError: x is not allowed: y' }));
  assert.ok(!isSettingsFault({ ...end, code: null }));
  assert.ok(!isSettingsFault({ ...end, ranMs: 60_000 }));
});
