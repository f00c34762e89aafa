import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, beforeEach, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';

const temporary = mkdtempSync(join(tmpdir(), 'run-folder-'));
const left = () => readdirSync(temporary);

beforeEach(() => left().forEach((name) => rmSync(join(temporary, name), { recursive: true })));
after(() => rmSync(temporary, { recursive: true }));

/** A bench of these words; `said` is what it wrote, line by line. */
function bench(words) {
  const imports = ['run-folder', 'service', 'signals'].map((name) => import.meta.resolve(`./${name}.ts`));
  const [folder, service, signals] = imports.map((url) => JSON.stringify(url));
  const source = `
    import { makeFolder } from ${folder};
    import { startService } from ${service};
    import { exitOnSignals, onceEnded } from ${signals};
    ${words}`;
  const env = { ...process.env, TMPDIR: temporary };
  const child = spawn(process.execPath, ['--no-warnings', '--input-type=module', '-e', source], { env });
  const ended = once(child, 'close').then(([code]) => code);
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (text += chunk));
  const said = async (what) => {
    while (!what.test(text)) await Promise.race([once(child.stdout, 'data'), once(child.stderr, 'data')]);
    return what.exec(text);
  };
  return { child, ended, said };
}

async function gone(pid) {
  try {
    for (;;) {
      process.kill(pid, 0);
      await pause(10);
    }
  } catch (error) {
    assert.equal(error.code, 'ESRCH');
  }
}

const MAKE = `const made = [makeFolder('gateway'), makeFolder('gateway')]; console.log(made.join());`;

test('what a run made is gone when it ends well', async () => {
  const { ended, said } = bench(MAKE);
  const [first, second] = (await said(/.*,.*/))[0].split(',');
  assert.notEqual(first, second);
  assert.equal(await ended, 0);
  assert.deepEqual(left(), []);
});

test('what a run made is kept and named when it fails', async () => {
  const { ended, said } = bench(`${MAKE} process.exit(3);`);
  const [first] = (await said(/.*,.*/))[0].split(',');
  assert.equal(await ended, 3);
  const [, named] = await said(/kept in (.*)\n/);
  assert.ok(first.startsWith(`${named}/`));
  assert.ok(existsSync(first));
});

test('a run that a signal ends takes its services along, and keeps their logs', async () => {
  const { child, ended, said } = bench(`
    exitOnSignals();
    process.on('SIGTERM', () => 'as a library does that leaves the end to others');
    const { pid } = startService('gateway', {}, '.', { flags: ['-e', 'setInterval(() => undefined, 1000)'] });
    console.log('service', pid);`);
  const [, pid] = await said(/service (\d+)/);
  child.kill('SIGTERM');
  assert.equal(await ended, 143);
  await gone(Number(pid));
  assert.equal(left().length, 1);
});

test('a bench that clears up by itself is ended by the second signal', async () => {
  const { child, ended, said } = bench(`
    exitOnSignals();
    onceEnded(() => console.log('clears up'));
    setInterval(() => undefined, 1000);
    console.log('begun');`);
  await said(/begun/);
  child.kill('SIGINT');
  await said(/clears up/);
  child.kill('SIGINT');
  assert.equal(await ended, 130);
});
