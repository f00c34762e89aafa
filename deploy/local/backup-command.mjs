// @ts-check
// Entry of `npm run backup -- FILE` and `npm run restore -- FILE`: see backup.mjs.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { connect, credsAuthenticator } from '@nats-io/transport-node';
import { BackupFault } from './backup-file.mjs';
import { backUp, keyIdOf, restore } from './backup.mjs';
import { programOf } from './broker-choice.mjs';
import { ownNats } from './brokers.mjs';
import { versionOf } from './launch.mjs';
import { DataInUse, LocalState } from './local-state.mjs';
import { freePort } from './ports.mjs';
import { given, readSettings, SettingsError } from './settings.mjs';
import { StreamFault } from './stream-snapshots.mjs';

const ROOT = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');
const USAGE = 'npm run backup -- FILE, npm run restore -- FILE';

/** @param {string} url several servers comma separated; the first names the user */
function connectTo(url) {
  const servers = url.split(',').map((part) => new URL(part.trim()));
  const first = /** @type {URL} */ (servers[0]);
  const { NATS_CREDS: creds, NATS_CA: ca, NATS_CERT: cert, NATS_KEY: key } = process.env;
  const secure = first.protocol === 'tls:' || ca || cert;
  return connect({
    servers: servers.map(({ host }) => host),
    name: 'deckwatch-backup',
    ...(first.username && { user: decodeURIComponent(first.username), pass: decodeURIComponent(first.password) }),
    ...(creds && { authenticator: credsAuthenticator(readFileSync(creds)) }),
    ...(secure && { tls: { ...(ca && { caFile: ca }), ...(cert && { certFile: cert, keyFile: key }) } }),
    ...(process.env['NATS_INBOX_PREFIX'] && { inboxPrefix: process.env['NATS_INBOX_PREFIX'] }),
    maxReconnectAttempts: 0,
    timeout: 5000,
  });
}

/** @param {string} data */
const neverRan = (data) => new BackupFault(`no Deckwatch has run with ${data}: set NATS_URL, or DECKWATCH_DATA`);

/** The broker that `npm start` runs with this data at this moment. @param {LocalState} state */
function runningBroker(state) {
  const port = state.ports.nats;
  if (!port || !existsSync(state.path('secrets', 'nats-ops'))) throw neverRan(state.folder);
  return `nats://ops:${state.secret('nats-ops')}@127.0.0.1:${port}`;
}

/**
 * Does something with the broker of this data, which nobody runs at this moment.
 * @template T
 * @param {LocalState} state
 * @param {(url: string) => Promise<T>} work
 */
async function withOwnBroker(state, work) {
  const found = programOf('nats', state);
  if (!found) throw new BackupFault('nats-server not found: install it');
  state.acquire();
  const port = await freePort([state.ports.nats]);
  const broker = ownNats(state, found, port);
  const { file: program, args } = /** @type {NonNullable<typeof broker.command>} */ (broker.command);
  const child = spawn(program, args, { env: found.env, stdio: 'ignore' });
  const gone = once(child, 'exit');
  try {
    await broker.answered();
    return await work(`nats://ops:${state.secret('nats-ops')}@127.0.0.1:${port}`);
  } finally {
    child.kill('SIGTERM');
    await gone;
    state.release();
  }
}

/** Of the key that the services have, where it is known here. @param {LocalState} state @param {string | undefined} given */
function knownKeyId(state, given) {
  if (given) return keyIdOf(given);
  return keyIdOf(existsSync(state.path('secrets', 'key')) ? state.secret('key', 'base64') : undefined);
}

/** @param {string} act @param {string} file */
async function run(act, file) {
  const NATS_URL = given('NATS_URL', process.env);
  // With brokers of one's own the launcher asks for the key; here what is sealed stays so.
  const brokers = ['NATS_URL', 'NATS_URL_FILE', 'REDIS_URL', 'REDIS_URL_FILE'];
  const others = Object.entries(process.env).filter(([name]) => !brokers.includes(name));
  const settings = readSettings(Object.fromEntries(others), ROOT);
  const work = act === 'backup' ? made : restored;
  if (NATS_URL) return work(NATS_URL, file, keyIdOf(settings.secretKey));
  if (act === 'backup' && !existsSync(settings.data)) throw neverRan(settings.data);
  const state = new LocalState(settings.data);
  const keyId = knownKeyId(state, settings.secretKey);
  if (act === 'backup') return made(runningBroker(state), file, keyId);
  return withOwnBroker(state, (url) => restored(url, file, keyId));
}

/** @param {string} url @param {string} file @param {string | null} keyId */
async function made(url, file, keyId) {
  const nats = await connectTo(url);
  const inboxPrefix = process.env['NATS_INBOX_PREFIX'];
  const taken = await backUp(nats, { file, version: versionOf(ROOT), keyId, now: Date.now(), inboxPrefix });
  await nats.close();
  const messages = taken.reduce((sum, one) => sum + one.messages, 0);
  return `${file}: ${taken.length} streams and buckets, ${messages} messages; keep DECKWATCH_SECRET_KEY elsewhere`;
}

/** @param {string} url @param {string} file @param {string | null} keyId */
async function restored(url, file, keyId) {
  const nats = await connectTo(url);
  const { header, streams } = await restore(nats, { file, keyId, replicas: replicas() });
  await nats.close();
  return `restored ${streams.length} streams and buckets of ${new Date(header.t).toISOString()}, made by Deckwatch ${header.version}`;
}

function replicas() {
  const given = process.env['NATS_REPLICAS'] ?? '1';
  if (!['1', '3', '5'].includes(given)) throw new SettingsError(`NATS_REPLICAS is "${given}": allowed: 1, 3, 5`);
  return Number(given);
}

const [act = '', file] = process.argv.slice(2);
if (!['backup', 'restore'].includes(act) || !file) {
  process.stderr.write(`${USAGE}\n`);
  process.exit(2);
}
try {
  process.stdout.write(`${await run(act, file)}\n`);
  process.exit(0);
} catch (error) {
  const known = [BackupFault, StreamFault, SettingsError, DataInUse].some((kind) => error instanceof kind);
  const fault = /** @type {Error} */ (error);
  process.stderr.write(`${act}: ${known ? fault.message : `not done, nothing was ${act === 'backup' ? 'written' : 'restored'}: ${fault.message}`}\n`); // prettier-ignore
  process.exit(1);
}
