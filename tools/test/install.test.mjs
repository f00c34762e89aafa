import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, beforeEach, test } from 'node:test';
import { environmentFor, isInstalled, majorOf, markInstalled } from './install.mjs';

const root = mkdtempSync(join(tmpdir(), 'deckwatch-install-'));
const lock = join(root, 'package-lock.json');
const installed = join(root, 'node_modules', '.package-lock.json');
const at = (file, seconds) => utimesSync(file, seconds, seconds);

beforeEach(() => {
  rmSync(root, { recursive: true, force: true });
  mkdirSync(join(root, 'node_modules'), { recursive: true });
  writeFileSync(lock, '{"a":1}');
});
after(() => rmSync(root, { recursive: true, force: true }));

test('installs where nothing is installed', () => {
  assert.equal(isInstalled(root), false);
});

test('installs again after the lock file has changed', () => {
  writeFileSync(installed, '{}');
  at(installed, 1000);
  at(lock, 2000);
  assert.equal(isInstalled(root), false);
  at(installed, 3000);
  assert.equal(isInstalled(root), true);
});

test('does not install again for a lock file that is newer but the same', () => {
  writeFileSync(installed, '{}');
  at(installed, 1000);
  markInstalled(root);
  at(lock, 2000);
  assert.equal(isInstalled(root), true);
  writeFileSync(lock, '{"a":2}');
  at(lock, 2000);
  assert.equal(isInstalled(root), false);
});

test("puts the workspace's own Node first", () => {
  const env = environmentFor('/w', { PATH: '/usr/bin' }, () => 'v24.21.0');
  assert.equal(env.PATH, '/w/node_modules/.bin:/usr/bin');
});

test('says what to do where Node is too old', () => {
  assert.throws(() => environmentFor('/w', {}, () => 'v20.20.2'), /Node 24 or newer is needed, this is v20\.20\.2/);
  assert.equal(majorOf('v20.20.2'), 20);
});
