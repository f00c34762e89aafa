// @ts-check
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { buildChanged } from './build.mjs';

/** @type {string} */
let root;
const options = { env: process.env, say: () => undefined };

/**
 * @param {string} file
 * @param {string} text
 */
function write(file, text) {
  mkdirSync(dirname(join(root, file)), { recursive: true });
  writeFileSync(join(root, file), text);
}

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'build-'));
  for (const name of ['one', 'two']) {
    write(
      `services/${name}/package.json`,
      JSON.stringify({ scripts: { build: 'mkdir -p dist && cp src/main.ts dist/main.js && echo x >> builds' } }),
    );
    write(`services/${name}/src/main.ts`, name);
  }
  write('services/empty/package.json', '{}');
  write('libs/words/src/index.ts', 'w');
  write('package-lock.json', '{}');
});
afterEach(() => rmSync(root, { recursive: true }));

test('builds what has a main, once', async () => {
  assert.deepEqual(await buildChanged(root, options), ['one', 'two']);
  assert.equal(readFileSync(join(root, 'services/one/dist/main.js'), 'utf8'), 'one');
  rmSync(join(root, 'services/one/builds'));
  rmSync(join(root, 'services/two/builds'));
  assert.deepEqual(await buildChanged(root, options), []);
});

test('builds again what changed: its own source alone, a library or the lock file for all', async () => {
  const built = async () => {
    for (const name of ['one', 'two']) rmSync(join(root, `services/${name}/builds`), { force: true });
    return buildChanged(root, options);
  };
  await built();
  await built();
  write('services/one/src/part.ts', 'new');
  assert.deepEqual(await built(), ['one']);
  write('libs/words/src/index.ts', 'other');
  assert.deepEqual(await built(), ['one', 'two']);
  write('package-lock.json', '{ }');
  assert.deepEqual(await built(), ['one', 'two']);
});

test('a test file or a touched file changes nothing; a lost or foreign output is built again', async () => {
  const built = async () => {
    for (const name of ['one', 'two']) rmSync(join(root, `services/${name}/builds`), { force: true });
    return buildChanged(root, options);
  };
  await built();
  await built();
  write('services/one/src/main.spec.ts', 'test');
  utimesSync(join(root, 'services/one/src/main.ts'), new Date(), new Date());
  assert.deepEqual(await built(), []);
  write('services/one/dist/main.js', 'built from something else');
  rmSync(join(root, 'services/two/dist'), { recursive: true });
  assert.deepEqual(await built(), ['one', 'two']);
});

test('a build that fails is told with its output, and is no build', async () => {
  write('services/two/package.json', JSON.stringify({ scripts: { build: 'echo "cannot find x" >&2; exit 4' } }));
  await assert.rejects(buildChanged(root, options), /building two failed\n[^]*exit code 4[^]*cannot find x/);
  await assert.rejects(buildChanged(root, options), /building two failed/);
});

test('a build ends when it is interrupted', async () => {
  write('services/two/package.json', JSON.stringify({ scripts: { build: 'sleep 60' } }));
  const stop = new AbortController();
  const build = buildChanged(root, { ...options, signal: stop.signal });
  setTimeout(() => stop.abort(), 300);
  const started = Date.now();
  await assert.rejects(build);
  assert.ok(Date.now() - started < 5000);
});
