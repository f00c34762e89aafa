// @ts-check
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { demoSocket } from './services.mjs';
import { DataInUse, LocalState } from './local-state.mjs';
import { endLeftovers, identify, isAlive } from './processes.mjs';

const folder = () => mkdtempSync(join(tmpdir(), 'state-'));

test('makes a secret once, for its owner only', () => {
  const data = folder();
  const secret = new LocalState(data).secret('key', 'base64');
  assert.equal(Buffer.from(secret, 'base64').length, 32);
  assert.equal(new LocalState(data).secret('key', 'base64'), secret);
  assert.equal(statSync(join(data, 'secrets', 'key')).mode & 0o777, 0o600);
  assert.equal(statSync(join(data, 'secrets')).mode & 0o777, 0o700);
  rmSync(data, { recursive: true });
});

test('remembers ports, and forgets a broken file', () => {
  const data = folder();
  new LocalState(data).rememberPorts({ nats: 4300 });
  new LocalState(data).rememberPorts({ redis: 6400 });
  assert.deepEqual(new LocalState(data).ports, { nats: 4300, redis: 6400 });
  writeFileSync(join(data, 'ports.json'), '{');
  assert.deepEqual(new LocalState(data).ports, {});
  rmSync(data, { recursive: true });
});

test('is taken by one launcher at a time, and free again when that one is gone', () => {
  const data = folder();
  const first = new LocalState(data);
  assert.deepEqual(first.acquire(), []);
  assert.throws(
    () => new LocalState(data).acquire(),
    (error) => error instanceof DataInUse && error.message.includes(`process ${process.pid}`),
  );
  first.release();
  assert.deepEqual(new LocalState(data).acquire(), []);
  writeFileSync(
    join(data, 'launcher.json'),
    JSON.stringify({ launcher: { pid: process.pid, born: 'long ago' }, children: [] }),
  );
  assert.deepEqual(new LocalState(data).acquire(), [], 'the id is in use by another process since');
  writeFileSync(join(data, 'launcher.json'), 'broken');
  assert.deepEqual(new LocalState(data).acquire(), []);
  rmSync(data, { recursive: true });
});

test('hands over what a dead launcher left running, and ends it', async () => {
  const data = folder();
  const state = new LocalState(data);
  state.acquire();
  const child = spawn('sleep', ['60'], { detached: true, stdio: 'ignore' });
  state.addChild(child.pid ?? 0);
  const noted = JSON.parse(readFileSync(join(data, 'launcher.json'), 'utf8'));
  writeFileSync(join(data, 'launcher.json'), JSON.stringify({ ...noted, launcher: { pid: 1, born: 'x' } }));
  const left = new LocalState(data).acquire();
  assert.deepEqual(left, [identify(child.pid ?? 0)]);
  await endLeftovers(left);
  assert.ok(left[0] && !isAlive(left[0]));
  rmSync(data, { recursive: true });
});

test('a socket in a deep folder moves to where its path is short enough', () => {
  assert.equal(demoSocket('/data'), '/data/demo.sock');
  assert.ok(demoSocket(`/${'deep/'.repeat(40)}`).length <= 103);
});
