// @ts-check
// The file of a backup: records, each a letter, a length of four bytes and so many bytes. `H` says what the file is, then
// comes each stream, an `S` with its shape and its `C`s, pieces of its snapshot as nats-server made them; `E` ends it with
// the SHA-256 of all bytes before. A file is read whole and found good before anything of it is used.
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream, existsSync, renameSync, rmSync } from 'node:fs';
import { once } from 'node:events';

export const FORMAT = 1;
const MAGIC = 'deckwatch-backup';
/** Of one record, bytes: pieces of snapshots are far smaller. */
const LONGEST_RECORD = 4 * 1024 * 1024;
const HEAD_BYTES = 5;

/** The file is no backup of ours, is damaged, or holds what it may not. */
export class BackupFault extends Error {}

/**
 * @typedef {object} Header
 * @property {typeof MAGIC} what
 * @property {number} format
 * @property {number} t when it was begun, Unix milliseconds
 * @property {string} version of the Deckwatch that made it
 * @property {string | null} keyId of the DECKWATCH_SECRET_KEY that secrets in it are sealed with; null: not known
 */
/** @typedef {{ name: string, config: Record<string, any>, state: Record<string, any> }} StreamHead */
/** @typedef {{ kind: 'header', header: Header } | { kind: 'stream', stream: StreamHead } | { kind: 'chunk', data: Buffer }} Piece */

export class BackupWriter {
  #hash = createHash('sha256');
  #partial;
  #out;
  /** @type {Error | undefined} */
  #fault;

  /** Throws BackupFault where the file exists. @param {string} file */
  constructor(file) {
    if (existsSync(file)) throw new BackupFault(`${file} exists: name another file`);
    this.file = file;
    this.#partial = `${file}.partial`;
    this.#out = createWriteStream(this.#partial, { mode: 0o600 });
    this.#out.on('error', (error) => (this.#fault = error));
  }

  /** @param {Omit<Header, 'what' | 'format'>} header */
  begin(header) {
    return this.#write('H', json({ what: MAGIC, format: FORMAT, ...header }));
  }

  /** @param {StreamHead} stream */
  stream(stream) {
    return this.#write('S', json(stream));
  }

  /** @param {Uint8Array} data */
  chunk(data) {
    return this.#write('C', Buffer.from(data));
  }

  /** The file has its name from now on. */
  async end() {
    const sha256 = this.#hash.copy().digest('hex');
    await this.#write('E', json({ sha256 }));
    await new Promise((resolve, reject) => {
      this.#out.once('error', reject);
      this.#out.end(() => resolve(undefined));
    });
    renameSync(this.#partial, this.file);
  }

  /** Nothing is left of it. */
  discard() {
    this.#out.destroy();
    rmSync(this.#partial, { force: true });
  }

  /**
   * @param {string} kind
   * @param {Buffer} body
   */
  async #write(kind, body) {
    if (this.#fault) throw this.#fault;
    const head = Buffer.alloc(HEAD_BYTES);
    head.write(kind, 'latin1');
    head.writeUInt32BE(body.length, 1);
    const record = Buffer.concat([head, body]);
    this.#hash.update(record);
    if (!this.#out.write(record)) await once(this.#out, 'drain');
  }
}

/**
 * All pieces of a backup, in order. Throws BackupFault as soon as something is wrong with the file; that its end is good
 * is known only after the last piece.
 * @param {string} file
 * @returns {AsyncGenerator<Piece>}
 */
export async function* readBackup(file) {
  const hash = createHash('sha256');
  let begun = false;
  let ended = false;
  for await (const { kind, body, record } of recordsOf(file)) {
    if (ended) throw new BackupFault('something follows the end of the backup');
    if (!begun && kind !== 'H') throw new BackupFault('this is no backup of Deckwatch');
    if (kind === 'E') {
      ended = true;
      if (parsed(body).sha256 !== hash.digest('hex')) throw new BackupFault('the backup was changed or is damaged');
      continue;
    }
    hash.update(record);
    if (kind === 'H' && !begun) yield { kind: 'header', header: headerOf(parsed(body)) };
    else if (kind === 'S') yield { kind: 'stream', stream: /** @type {StreamHead} */ (parsed(body)) };
    else if (kind === 'C') yield { kind: 'chunk', data: body };
    else throw new BackupFault('the backup is damaged');
    begun = true;
  }
  if (!ended) throw new BackupFault(begun ? 'the backup is cut off' : 'this is no backup of Deckwatch');
}

/** @param {string} file */
async function* recordsOf(file) {
  /** @type {Buffer} */
  let rest = Buffer.alloc(0);
  for await (const read of createReadStream(file, { highWaterMark: 256 * 1024 })) {
    rest = rest.length === 0 ? read : Buffer.concat([rest, read]);
    let at = 0;
    while (rest.length - at >= HEAD_BYTES) {
      const length = rest.readUInt32BE(at + 1);
      const kind = rest.toString('latin1', at, at + 1);
      if (!'HSCE'.includes(kind) || length > LONGEST_RECORD) throw new BackupFault('this is no backup of Deckwatch, or it is damaged'); // prettier-ignore
      if (rest.length - at < HEAD_BYTES + length) break;
      const end = at + HEAD_BYTES + length;
      yield { kind, body: rest.subarray(at + HEAD_BYTES, end), record: rest.subarray(at, end) };
      at = end;
    }
    rest = rest.subarray(at);
  }
  if (rest.length > 0) throw new BackupFault('the backup is cut off');
}

/** @param {Buffer} body */
function parsed(body) {
  try {
    const value = JSON.parse(body.toString('utf8'));
    if (typeof value === 'object' && value !== null) return value;
  } catch {
    // told below
  }
  throw new BackupFault('the backup is damaged');
}

/** @param {any} header @returns {Header} */
function headerOf(header) {
  if (header.what !== MAGIC) throw new BackupFault('this is no backup of Deckwatch');
  if (header.format !== FORMAT)
    throw new BackupFault(`the backup has format ${header.format}, this Deckwatch reads format ${FORMAT}`);
  return header;
}

/** @param {object} value */
const json = (value) => Buffer.from(JSON.stringify(value));
