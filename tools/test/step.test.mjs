import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { runStep } from './step.mjs';

const base = { name: 'a step', command: 'sh', env: process.env, cwd: '/', limitMs: 20_000 };

async function run(script, more = {}) {
  const printed = [];
  const done = await runStep({ ...base, args: ['-c', script], print: (line) => printed.push(line), ...more });
  return { ...done, printed: printed.join('\n') };
}

/** Whether a process is alive; one that has ended but was not collected yet is not. */
function isAlive(pid) {
  try {
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

test('is quiet about a step that passes', async () => {
  const { ok, printed } = await run('echo many words');
  assert.equal(ok, true);
  assert.match(printed, /^ {2}ok .* a step$/);
});

test('shows all that a failed step wrote', async () => {
  const { ok, printed } = await run('echo out; echo err >&2; exit 3');
  assert.equal(ok, false);
  assert.match(printed, /out\n?/);
  assert.match(printed, /err\n?/);
  assert.match(printed, /FAIL .* a step$/);
});

test('fails a command that is not there', async () => {
  const { ok, printed } = await run('', { command: 'no-such-command-anywhere' });
  assert.equal(ok, false);
  assert.match(printed, /ENOENT/);
});

test('ends a step with all of its processes when its time is over', async () => {
  const { ok, output, printed } = await run('sleep 60 & echo $!; wait', { limitMs: 300 });
  assert.equal(ok, false);
  assert.match(printed, /ended after its time limit of 0\.3 s/);
  assert.equal(isAlive(Number(output.trim())), false);
});

test('ends a step when it is interrupted', async () => {
  const interrupt = new AbortController();
  setTimeout(() => interrupt.abort(), 200);
  const { ok, printed } = await run('sleep 60', { signal: interrupt.signal });
  assert.equal(ok, false);
  assert.match(printed, /was interrupted/);
});
