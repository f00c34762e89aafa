// @ts-check
// What a Deckwatch keeps in NATS, into a file and back.
//   npm run backup -- FILE      while it runs
//   npm run restore -- FILE     into a NATS that holds nothing of Deckwatch, while no service runs
// Which NATS: NATS_URL (with NATS_CREDS, NATS_CA, NATS_CERT and NATS_KEY as the services have them), as a user that may do
// everything, such as `ops`; without it the one that `npm start` keeps under DECKWATCH_DATA.
import { createHash } from 'node:crypto';
import { storageOf, NATS_USERS } from '../../libs/contracts/src/brokers/index.mjs';
import { BackupFault, BackupWriter, readBackup } from './backup-file.mjs';
import { beginRestore, deleteStream, streamInfo, takeStream } from './stream-snapshots.mjs';

/** @typedef {import('@nats-io/nats-core').NatsConnection} NatsConnection */
/** @typedef {import('./backup-file.mjs').StreamHead} StreamHead */

/** Who is signed in: a login that has ended since, or went on, must not come back. */
const LEFT_OUT = new Set(['KV_deckwatch_logins']);

/**
 * The streams of a backup, in the order in which they are taken: a transition's delivery is written after it was stored,
 * and how often an alert began before its subject is purged, so the buckets come last.
 */
export const BACKED_UP = (() => {
  const used = Object.keys(NATS_USERS).map(storageOf);
  const streams = used.flatMap(({ streams }) => Object.keys(streams));
  const buckets = used.flatMap(({ buckets }) => Object.keys(buckets).map((bucket) => `KV_${bucket}`));
  return [...new Set([...streams, ...buckets])].filter((name) => !LEFT_OUT.has(name));
})();

/** What of a stream's shape is taken over; the services bring it to the shape of their version when they start. */
const SHAPE = [
  'name', 'description', 'subjects', 'retention', 'storage', 'discard', 'max_consumers', 'max_msgs', 'max_bytes',
  'max_age', 'max_msg_size', 'max_msgs_per_subject', 'duplicate_window', 'allow_direct', 'allow_rollup_hdrs',
  'deny_delete', 'deny_purge',
]; // prettier-ignore

/** Tells which key it is without telling the key, as sealed secrets do. @param {string | undefined} secretKey base64 */
export function keyIdOf(secretKey) {
  const key = secretKey && Buffer.from(secretKey, 'base64');
  return key ? createHash('sha256').update(key).digest('hex').slice(0, 8) : null;
}

/**
 * Writes a backup, whole or not at all. Answers what it holds.
 * @param {NatsConnection} nats
 * @param {{ file: string, version: string, keyId: string | null, now: number, inboxPrefix?: string }} options
 */
export async function backUp(nats, { file, version, keyId, now, inboxPrefix }) {
  const writer = new BackupWriter(file);
  try {
    await writer.begin({ t: now, version, keyId });
    const taken = [];
    for (const stream of BACKED_UP) {
      const info = await streamInfo(nats, stream);
      if (!info) continue;
      await takeStream(nats, stream, {
        inboxPrefix,
        onHead: (head) => writer.stream(head),
        onChunk: (data) => writer.chunk(data),
      });
      taken.push({ stream, messages: info.state.messages });
    }
    if (taken.length === 0) throw new BackupFault('this NATS holds nothing of Deckwatch');
    await writer.end();
    return taken;
  } catch (error) {
    writer.discard();
    throw error;
  }
}

/**
 * Reads a backup to its end and says what it holds. Throws BackupFault for what is no good.
 * @param {string} file
 * @param {string | null} keyId of the key that the services will have; null: not known
 */
export async function inspect(file, keyId) {
  /** @type {import('./backup-file.mjs').Header | undefined} */
  let header;
  /** @type {StreamHead[]} */
  const streams = [];
  for await (const piece of readBackup(file)) {
    if (piece.kind === 'header') header = piece.header;
    else if (piece.kind === 'stream') streams.push(checked(piece.stream, streams));
    else if (streams.length === 0) throw new BackupFault('the backup is damaged');
  }
  if (!header || streams.length === 0) throw new BackupFault('the backup is empty');
  if (keyId && header.keyId && keyId !== header.keyId)
    throw new BackupFault(
      `secrets of the backup are sealed with another key (${header.keyId}), DECKWATCH_SECRET_KEY is ${keyId}: set the key of then`,
    );
  return { header, streams };
}

/**
 * @param {StreamHead} stream
 * @param {StreamHead[]} before
 */
function checked(stream, before) {
  const { name, config, state } = stream;
  if (!BACKED_UP.includes(name)) throw new BackupFault(`the backup holds a stream "${name}", which is not ours`);
  if (before.some((one) => one.name === name)) throw new BackupFault(`the backup holds ${name} twice`);
  const own = name.startsWith('KV_') ? `$KV.${name.slice('KV_'.length)}.` : 'deckwatch.';
  const subjects = config?.['subjects'];
  const fits = Array.isArray(subjects) && subjects.every((one) => String(one).startsWith(own));
  if (config?.['name'] !== name || !fits || typeof state !== 'object')
    throw new BackupFault(`the backup's ${name} is not as ours is`);
  return stream;
}

/**
 * Restores a backup that was found good, into a NATS that holds nothing of Deckwatch: all of it, or nothing.
 * @param {NatsConnection} nats
 * @param {{ file: string, keyId: string | null, replicas?: number }} options
 */
export async function restore(nats, { file, keyId, replicas = 1 }) {
  const { header, streams } = await inspect(file, keyId);
  for (const { name } of streams) {
    const present = await streamInfo(nats, name);
    if (present) throw new BackupFault(`this NATS has ${name} already (${present.state.messages} messages): restore into an empty one, before the services start`); // prettier-ignore
  }
  /** @type {string[]} */
  const begun = [];
  try {
    /** @type {Awaited<ReturnType<typeof beginRestore>> | undefined} */
    let open;
    for await (const piece of readBackup(file)) {
      if (piece.kind === 'chunk') await open?.chunk(piece.data);
      if (piece.kind !== 'stream') continue;
      await open?.end();
      begun.push(piece.stream.name);
      open = await beginRestore(nats, { ...piece.stream, config: shapeOf(piece.stream.config, replicas) });
    }
    await open?.end();
  } catch (error) {
    for (const name of begun) await deleteStream(nats, name).catch(() => undefined);
    throw error;
  }
  return { header, streams };
}

/**
 * @param {Record<string, any>} config
 * @param {number} replicas
 */
function shapeOf(config, replicas) {
  const kept = SHAPE.filter((key) => key in config).map((key) => [key, config[key]]);
  return { ...Object.fromEntries(kept), num_replicas: replicas };
}
