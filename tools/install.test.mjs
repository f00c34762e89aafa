import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, beforeEach, test } from 'node:test';
import { environment, staleness } from './install.mjs';

const root = mkdtempSync(join(tmpdir(), 'deckwatch-install-'));
const record = join(root, 'node_modules', '.package-lock.json');
const wanted = {
  '': {},
  'node_modules/a': { version: '1.0.0' },
  'node_modules/other-os': { version: '2.0.0', optional: true },
};
const write = (file, packages) => writeFileSync(file, JSON.stringify({ packages }));

beforeEach(() => {
  rmSync(root, { recursive: true, force: true });
  mkdirSync(root);
  write(join(root, 'package-lock.json'), wanted);
});
after(() => rmSync(root, { recursive: true, force: true }));

test('installs where nothing is installed', () => {
  assert.equal(staleness(root), 'nothing is installed yet');
});

test('installs again where an install was cut off', () => {
  mkdirSync(join(root, 'node_modules'));
  assert.equal(staleness(root), 'an earlier install did not finish');
});

test('installs again after the lock file has changed', () => {
  mkdirSync(join(root, 'node_modules'));
  write(record, { 'node_modules/a': { version: '0.9.0' } });
  assert.equal(staleness(root), 'a is not as package-lock.json says');
});

test('leaves alone what is as the lock file says, without the packages of other platforms', () => {
  mkdirSync(join(root, 'node_modules'));
  write(record, { 'node_modules/a': { version: '1.0.0' } });
  assert.equal(staleness(root), null);
});

test("puts the project's own Node and tools before all others", () => {
  const folder = join(root, 'node_modules', `node-${process.platform}-${process.arch}`, 'bin');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'node'), '');
  const { PATH } = environment(root, { PATH: '/usr/bin' });
  assert.equal(PATH, [folder, join(root, 'node_modules', '.bin'), '/usr/bin'].join(':'));
});
