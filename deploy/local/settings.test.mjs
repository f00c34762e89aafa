// @ts-check
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { readSettings, SettingsError } from './settings.mjs';

const KEY = Buffer.alloc(32, 7).toString('base64');

test('without any setting it runs on loopback with its state in the project', () => {
  const settings = readSettings({}, '/project');
  assert.equal(settings.port, 8080);
  assert.equal(settings.host, '127.0.0.1');
  assert.equal(settings.data, '/project/.deckwatch');
  assert.equal(settings.demo, 'auto');
  assert.equal(settings.natsUrl, undefined);
});

for (const [name, value, allowed] of [
  ['DECKWATCH_PORT', 'http', /a whole number from 1 to 65535/],
  ['DECKWATCH_PORT', '65536', /a whole number from 1 to 65535/],
  ['DECKWATCH_PORT', '-1', /a whole number/],
  ['DECKWATCH_HOST', 'a b', /an IP address or a host name/],
  ['DECKWATCH_DEMO', 'maybe', /one of auto, on, off/],
  ['DECKWATCH_DEMO_CONTAINERS', '0', /1 to 5000/],
  ['DECKWATCH_INTERVAL_MS', '100', /250 to 60000/],
  ['DECKWATCH_LOG_LEVEL', 'loud', /debug, info, warn, error/],
  ['DECKWATCH_READER', 'procfs', /auto, cgroup, engine/],
  ['DECKWATCH_PUBLIC_ORIGINS', 'https://a.example/path', /origins such as/],
  ['DOCKER_HOST', '/var/run/docker.sock', /unix:\/\/\/var\/run\/docker.sock/],
  ['DECKWATCH_SECRET_KEY', 'c2hvcnQ=', /32 bytes in base64/],
  ['REDIS_URL', 'http://x', /redis/],
]) {
  test(`${name}=${value} is refused with one line that says what is allowed`, () => {
    const refuse = () => readSettings({ [String(name)]: String(value) }, '/');
    assert.throws(refuse, (error) => {
      assert.ok(error instanceof SettingsError);
      assert.match(error.message, new RegExp(`^${name} `));
      assert.match(error.message, /** @type {RegExp} */ (allowed));
      assert.ok(!error.message.includes('\n'));
      return true;
    });
  });
}

test('what may hold a password is never shown', () => {
  assert.throws(
    () => readSettings({ NATS_URL: 'http://user:hunter2@x' }, '/'),
    (error) => {
      assert.ok(error instanceof SettingsError && !error.message.includes('hunter2'));
      return true;
    },
  );
});

test('an outside Redis alone needs it too', () => {
  assert.throws(() => readSettings({ REDIS_URL: 'redis://cache:6379' }, '/'), /DECKWATCH_SECRET_KEY is missing/);
});

test('an outside broker needs a key of the same installation', () => {
  assert.throws(
    () => readSettings({ NATS_URL: 'nats://broker:4222' }, '/'),
    /^SettingsError: DECKWATCH_SECRET_KEY is missing|DECKWATCH_SECRET_KEY is missing/,
  );
  assert.equal(
    readSettings({ NATS_URL: 'nats://broker:4222', DECKWATCH_SECRET_KEY: KEY }, '/').natsUrl,
    'nats://broker:4222',
  );
});

test('a setting may stand in a file; empty counts as not given', () => {
  const folder = mkdtempSync(join(tmpdir(), 'settings-'));
  writeFileSync(join(folder, 'port'), '9090\n');
  assert.equal(readSettings({ DECKWATCH_PORT_FILE: join(folder, 'port'), DECKWATCH_HOST: '' }, '/').port, 9090);
  assert.throws(
    () => readSettings({ DECKWATCH_PORT_FILE: join(folder, 'none') }, '/'),
    /DECKWATCH_PORT_FILE: cannot read .*ENOENT/,
  );
  rmSync(folder, { recursive: true });
});
