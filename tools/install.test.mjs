// @ts-check
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { environment, findNode, installPackages, staleness } from './install.mjs';

/** @type {string} */
let root;
/**
 * @param {string} file
 * @param {object} content
 */
function write(file, content) {
  mkdirSync(dirname(join(root, file)), { recursive: true });
  writeFileSync(join(root, file), JSON.stringify(content));
}
const LOCK = {
  packages: {
    '': { name: 'x' },
    'node_modules/a': { version: '1.0.0', integrity: 'sha512-a' },
    'node_modules/other-platform': { version: '1.0.0', optional: true },
    'node_modules/a/node_modules/b': { version: '2.0.0' },
    'libs/own': { name: 'own' },
    'node_modules/own': { resolved: 'libs/own', link: true },
  },
};
const INSTALLED = {
  packages: {
    'node_modules/a': LOCK.packages['node_modules/a'],
    'node_modules/a/node_modules/b': { version: '2.0.0' },
  },
};

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'install-'));
  write('package-lock.json', LOCK);
});
afterEach(() => rmSync(root, { recursive: true }));

test('nothing installed, or not to the end, is stale', () => {
  assert.match(staleness(root) ?? '', /nothing is installed/);
  mkdirSync(join(root, 'node_modules'));
  assert.match(staleness(root) ?? '', /did not finish/);
});

test('what the lock file says is fresh, whatever the times of the files', () => {
  write('node_modules/.package-lock.json', INSTALLED);
  mkdirSync(join(root, 'node_modules/own'));
  write('package-lock.json', LOCK);
  assert.equal(staleness(root), null);
});

test('a missing package, another version, other content or a missing link is stale', () => {
  mkdirSync(join(root, 'node_modules/own'), { recursive: true });
  for (const other of [
    { packages: { 'node_modules/a': LOCK.packages['node_modules/a'] } },
    { packages: { ...INSTALLED.packages, 'node_modules/a': { version: '1.0.1' } } },
    { packages: { ...INSTALLED.packages, 'node_modules/a': { version: '1.0.0', integrity: 'sha512-z' } } },
  ]) {
    write('node_modules/.package-lock.json', other);
    assert.match(staleness(root) ?? '', /is not as package-lock\.json says/);
  }
  write('node_modules/.package-lock.json', INSTALLED);
  rmSync(join(root, 'node_modules/own'), { recursive: true });
  assert.match(staleness(root) ?? '', /own is not as/);
});

test('the Node that came with the packages goes before the one that runs', () => {
  assert.equal(findNode(root), process.execPath);
  const own = join(root, 'node_modules', `node-${process.platform}-${process.arch}`, 'bin', 'node');
  write(own.slice(root.length + 1), {});
  assert.equal(findNode(root), own);
  assert.ok(environment(root, { PATH: '/bin' }).PATH?.startsWith(`${dirname(own)}:`));
});

/** Stands for an npm that takes its time to end. */
const SLOW_NPM = `
const { writeFileSync } = require('node:fs');
process.on('SIGTERM', () => setTimeout(() => (writeFileSync('ended', ''), process.exit(1)), 200));
setInterval(() => undefined, 1000);
writeFileSync('begun', '');
`;

test('an install that is stopped is over when npm is', async (context) => {
  const usual = process.env['npm_execpath'];
  context.after(() =>
    usual === undefined ? delete process.env['npm_execpath'] : (process.env['npm_execpath'] = usual),
  );
  process.env['npm_execpath'] = join(root, 'npm-cli.cjs');
  writeFileSync(join(root, 'npm-cli.cjs'), SLOW_NPM);
  const stopping = new AbortController();
  const installing = installPackages(root, { signal: stopping.signal });
  while (!existsSync(join(root, 'begun'))) await pause(20);
  stopping.abort(new Error('stopped by hand'));
  await assert.rejects(installing, /stopped by hand/);
  assert.ok(existsSync(join(root, 'ended')));
});
