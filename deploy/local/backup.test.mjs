// @ts-check
// Backup and restore with real NATS servers.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { connect } from '@nats-io/transport-node';
import { AckPolicy, jetstream, jetstreamManager } from '@nats-io/jetstream';
import { Kvm } from '@nats-io/kv';
import { backUp, inspect, keyIdOf, restore } from './backup.mjs';
import { freePort } from './ports.mjs';
import { findProgram } from './programs.mjs';
import { skip, until } from './small-project.mjs';

/** @typedef {import('@nats-io/nats-core').NatsConnection} NatsConnection */

const NOW = 1_700_000_000_000;
const KEY_ID = keyIdOf(Buffer.alloc(32, 7).toString('base64'));
const ALERT = 'deckwatch.alerts.cpu.web-1';
const folder = mkdtempSync(join(tmpdir(), 'deckwatch-backup-'));
const file = join(folder, 'backup');
/** @type {(() => Promise<unknown>)[]} */
const endings = [];
/** @type {NatsConnection} */
let full;
/** @type {NatsConnection} */
let empty;
let begun = 0;

/** A NATS server of its own, and a connection to it. @param {string} name */
async function broker(name) {
  const port = await freePort([]);
  const args = ['-a', '127.0.0.1', '-p', String(port), '-js', '-sd', join(folder, name)];
  const child = spawn(/** @type {string} */ (findProgram('nats-server', process.env)), args, { stdio: 'ignore' });
  const gone = once(child, 'exit');
  /** @type {NatsConnection | undefined} */
  let nats;
  await until(
    async () => (nats = await connect({ servers: `127.0.0.1:${port}` }).catch(() => undefined)) !== undefined,
  );
  endings.push(async () => {
    await nats?.close();
    child.kill('SIGKILL');
    await gone;
  });
  return /** @type {NatsConnection} */ (nats);
}

/** What an installation has written, small. @param {NatsConnection} nats */
async function live(nats) {
  const manager = await jetstreamManager(nats);
  const kv = new Kvm(jetstream(nats));
  await manager.streams.add({ name: 'ALERTS', subjects: ['deckwatch.alerts.>'], max_msgs_per_subject: 256 });
  const js = jetstream(nats);
  for (const state of ['pending', 'firing', 'resolved']) await js.publish(ALERT, JSON.stringify({ state }));
  await manager.consumers.add('ALERTS', { durable_name: 'alerts-notifier', ack_policy: AckPolicy.Explicit });
  const consumer = await js.consumers.get('ALERTS', 'alerts-notifier');
  for (let n = 0; n < 2; n += 1) await (await consumer.next())?.ackAck();
  const users = await kv.create('deckwatch_users');
  await users.put('all', '{"admin":{"hash":"scrypt"}}');
  const rules = await kv.create('deckwatch_rules', { history: 5 });
  for (const value of [80, 85]) await rules.put('cpu', JSON.stringify({ value }));
  await rules.put('gone', '{}');
  await rules.delete('gone');
  const channels = await kv.create('deckwatch_channels');
  await channels.put('ops', '{"secret":"v1.sealed"}');
  await (await kv.create('deckwatch_logins')).put('somebody', '{}');
  await manager.streams.add({ name: 'MINE', subjects: ['mine.>'] });
}

/** @param {NatsConnection} nats */
async function messagesOf(nats) {
  const messages = [];
  const consumer = await jetstream(nats).consumers.get('ALERTS', {});
  const { num_pending: pending } = await consumer.info();
  for await (const message of await consumer.fetch({ max_messages: pending, expires: 2000 }))
    messages.push([message.seq, message.time.getTime(), message.subject, message.string()]);
  return messages;
}

/** @param {NatsConnection} nats */
const streamsOf = async (nats) =>
  (await jetstreamManager(nats)).streams
    .names()
    .next()
    .then((names) => names.sort());

/** Runs the command as npm does. @param {string[]} args @param {Record<string, string>} env */
function command(args, env) {
  const script = fileURLToPath(new URL('./backup-command.mjs', import.meta.url));
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...args], {
    env: { PATH: process.env['PATH'], ...env },
    encoding: 'utf8',
  });
  return { status, said: stdout + stderr };
}

const taken = () => backUp(full, { file, version: '1.2.3', keyId: KEY_ID, now: NOW });
const restored = () => restore(empty, { file, keyId: KEY_ID });

before(async () => {
  if (skip) return;
  full = await broker('full');
  await live(full);
});
beforeEach(async () => {
  if (!skip) empty = await broker(`empty-${(begun += 1)}`);
});
afterEach(async () => {
  rmSync(file, { force: true });
  await endings.splice(1).pop()?.();
});
after(async () => {
  for (const end of endings.reverse()) await end();
  rmSync(folder, { recursive: true, force: true });
});

test('[nats] brings back messages with their sequences and times, and where the notifier stood', { skip }, async () => {
  await taken();
  await restored();
  const before = await messagesOf(full);
  assert.equal(before.length, 3);
  assert.deepEqual(await messagesOf(empty), before);
  const { num_pending: pending, ack_floor: floor } = await (await jetstreamManager(empty)).consumers.info('ALERTS', 'alerts-notifier'); // prettier-ignore
  assert.deepEqual([pending, floor.stream_seq], [1, 2]);
});

test('[nats] brings back buckets with their history, secrets as sealed as they were', { skip }, async () => {
  await taken();
  const { header } = await restored();
  assert.deepEqual(header, { what: 'deckwatch-backup', format: 1, t: NOW, version: '1.2.3', keyId: KEY_ID });
  const kv = new Kvm(jetstream(empty));
  const rules = await kv.open('deckwatch_rules');
  const history = [];
  for await (const { revision, operation } of await rules.history({ key: 'cpu' })) history.push([revision, operation]);
  assert.deepEqual(history, [[1, 'PUT'], [2, 'PUT']]); // prettier-ignore
  assert.equal((await rules.get('cpu'))?.string(), '{"value":85}');
  assert.equal((await rules.get('gone'))?.operation, 'DEL');
  assert.equal((await (await kv.open('deckwatch_channels')).get('ops'))?.string(), '{"secret":"v1.sealed"}');
});

test('[nats] leaves out who is signed in, and streams that are not ours', { skip }, async () => {
  await taken();
  await restored();
  assert.deepEqual(await streamsOf(empty), ['ALERTS', 'KV_deckwatch_channels', 'KV_deckwatch_rules', 'KV_deckwatch_users']); // prettier-ignore
});

test('[nats] is for its owner only, whole or not there, and overwrites nothing', { skip }, async () => {
  await taken();
  assert.equal(statSync(file).mode & 0o777, 0o600);
  assert.equal(existsSync(`${file}.partial`), false);
  await assert.rejects(taken, /exists: name another file/);
  rmSync(file);
  await assert.rejects(backUp(empty, { file, version: '', keyId: null, now: NOW }), /holds nothing of Deckwatch/);
  assert.deepEqual([existsSync(file), existsSync(`${file}.partial`)], [false, false]);
});

for (const [what, spoil, fault] of /** @type {[string, (bytes: Buffer) => Buffer, RegExp][]} */ ([
  ['was cut off', (bytes) => bytes.subarray(0, bytes.length - 7), /cut off/],
  ['was cut off between two records', (bytes) => bytes.subarray(0, bytes.length - 81), /cut off/],
  ['was changed', (bytes) => Buffer.from(bytes).fill((bytes[2000] ?? 0) ^ 1, 2000, 2001), /changed or is damaged/],
  ['goes on after its end', (bytes) => Buffer.concat([bytes, bytes]), /follows the end/],
  ['is something else', () => Buffer.from('{"users":[]}'), /no backup of Deckwatch/],
  ['is empty', () => Buffer.alloc(0), /no backup of Deckwatch/],
])) {
  test(`[nats] writes nothing of a file that ${what}`, { skip }, async () => {
    await taken();
    writeFileSync(file, spoil(readFileSync(file)));
    await assert.rejects(restored, fault);
    assert.deepEqual(await streamsOf(empty), []);
  });
}

test('[nats] writes nothing where secrets are sealed with another key', { skip }, async () => {
  await taken();
  const other = keyIdOf(Buffer.alloc(32, 8).toString('base64'));
  await assert.rejects(restore(empty, { file, keyId: other }), /sealed with another key/);
  assert.deepEqual(await streamsOf(empty), []);
  assert.equal((await inspect(file, null)).streams.length, 4);
});

test('[nats] writes nothing into a NATS that holds something of Deckwatch', { skip }, async () => {
  await taken();
  await new Kvm(jetstream(empty)).create('deckwatch_rules');
  await assert.rejects(restored, /has KV_deckwatch_rules already/);
  assert.deepEqual(await streamsOf(empty), ['KV_deckwatch_rules']);
});

test('[nats] takes back what it began when the broker has no room for the rest', { skip }, async () => {
  await taken();
  // A stream of somebody else has one of the subjects.
  await (await jetstreamManager(empty)).streams.add({ name: 'OTHER', subjects: ['$KV.deckwatch_channels.>'] });
  await assert.rejects(restored, /KV_deckwatch_channels/);
  assert.deepEqual(await streamsOf(empty), ['OTHER']);
});

test('[nats] as commands: out of the NATS of a URL, into the data of npm start, once', { skip }, async () => {
  const data = { DECKWATCH_DATA: join(folder, 'data') };
  const url = join(folder, 'nats-url');
  writeFileSync(url, `nats://${full.getServer()}\n`);
  const made = command(['backup', file], { NATS_URL_FILE: url });
  assert.deepEqual([made.status, made.said], [0, `${file}: 4 streams and buckets, 9 messages; keep DECKWATCH_SECRET_KEY elsewhere\n`]); // prettier-ignore
  const first = command(['restore', file], data);

  assert.match(first.said, /^restored 4 streams and buckets of .*Z, made by Deckwatch \d+\.\d+\.\d+\n$/);
  const second = command(['restore', file], data);
  assert.deepEqual([second.status, /has ALERTS already \(3 messages\)/.test(second.said)], [1, true]);
  assert.equal(existsSync(join(folder, 'data', 'launcher.json')), false);
});

test('[nats] as commands: say in one line what is wrong', { skip }, async () => {
  const lost = { NATS_URL: `nats://127.0.0.1:${await freePort([])}` };
  assert.match(command(['backup', file], lost).said, /^backup: not done, nothing was written: .*\n$/);
  assert.match(command(['backup', file], { DECKWATCH_DATA: join(folder, 'none') }).said, /no Deckwatch has run with/);
  assert.equal(existsSync(join(folder, 'none')), false);
  assert.match(
    command(['restore', join(folder, 'nothing')], { NATS_URL: `nats://${empty.getServer()}` }).said,
    /ENOENT/,
  );
  assert.equal(command(['restore'], {}).status, 2);
});
