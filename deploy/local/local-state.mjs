// @ts-check
// What the launcher keeps under DECKWATCH_DATA: secrets (mode 0600), the ports of its brokers, and who is running.
import { randomBytes } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
  closeSync,
} from 'node:fs';
import { join } from 'node:path';
import { identify, isAlive } from './processes.mjs';

/** @typedef {import('./processes.mjs').Identity} Identity */
/** @typedef {{ nats?: number, redis?: number }} Ports */

/** Another launcher uses the same data. */
export class DataInUse extends Error {}

export class LocalState {
  /** @param {string} folder absolute */
  constructor(folder) {
    this.folder = folder;
    /** @type {Identity[]} */
    this.children = [];
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  }

  /** @param {string[]} parts */
  path(...parts) {
    return join(this.folder, ...parts);
  }

  /** @param {string[]} parts */
  makeFolder(...parts) {
    const folder = this.path(...parts);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    return folder;
  }

  /**
   * A secret of 32 random bytes in base64 (URL-safe unless `base64`), made once.
   * @param {string} name
   * @param {'base64' | 'base64url'} [encoding]
   */
  secret(name, encoding = 'base64url') {
    const file = join(this.makeFolder('secrets'), name);
    if (existsSync(file)) return readFileSync(file, 'utf8').trim();
    const secret = randomBytes(32).toString(encoding);
    this.write(file, `${secret}\n`);
    return secret;
  }

  /** As `secret`, to be handed on. @type {(name: string) => string} */
  secrets = (name) => this.secret(name);

  /** @returns {Ports} the ports that our brokers had last */
  get ports() {
    try {
      const ports = JSON.parse(readFileSync(this.path('ports.json'), 'utf8'));
      return { nats: Number(ports.nats) || undefined, redis: Number(ports.redis) || undefined };
    } catch {
      return {};
    }
  }

  /** @param {Ports} ports */
  rememberPorts(ports) {
    this.write(this.path('ports.json'), `${JSON.stringify({ ...this.ports, ...ports })}\n`);
  }

  /** Whether the demo was removed by hand; the demo writes the file itself. */
  get demoRemoved() {
    return existsSync(this.path('demo-removed'));
  }

  /** Whether the demo has run since it was last cleared away. */
  get demoRan() {
    return existsSync(this.path('demo-ran'));
  }

  /** @param {boolean} ran */
  noteDemo(ran) {
    if (ran) this.write(this.path('demo-ran'), '');
    else rmSync(this.path('demo-ran'), { force: true });
  }

  forgetDemoRemoval() {
    rmSync(this.path('demo-removed'), { force: true });
  }

  /**
   * Takes the data for this process.
   * @returns {Identity[]} children that a launcher before left running
   * @throws {DataInUse}
   */
  acquire() {
    const file = this.path('launcher.json');
    for (let attempt = 0; attempt < 3; attempt += 1) {
      try {
        const descriptor = openSync(file, 'wx', 0o600);
        writeSync(descriptor, this.holder());
        closeSync(descriptor);
        return this.leftovers;
      } catch (error) {
        if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EEXIST') throw error;
      }
      const holder = readHolder(file);
      if (holder && isAlive(holder.launcher)) {
        throw new DataInUse(
          `${this.folder} is in use by a launcher that is running (process ${holder.launcher.pid}): stop it first, or set DECKWATCH_DATA to another folder`,
        );
      }
      this.leftovers = holder?.children ?? [];
      rmSync(file, { force: true });
    }
    throw new DataInUse(`${this.folder} is being taken by another launcher at this moment: try again`);
  }

  /** @type {Identity[]} */
  leftovers = [];

  /** @param {number} pid */
  addChild(pid) {
    const identity = identify(pid);
    if (!identity) return;
    this.children = [...this.children.filter(isAlive), identity];
    this.write(this.path('launcher.json'), this.holder());
  }

  release() {
    rmSync(this.path('launcher.json'), { force: true });
  }

  holder() {
    return `${JSON.stringify({ launcher: identify(process.pid), children: this.children })}\n`;
  }

  /**
   * Writes a file for its owner only, whole or not at all.
   * @param {string} file
   * @param {string} text
   */
  write(file, text) {
    writeFileSync(`${file}.new`, text, { mode: 0o600 });
    renameSync(`${file}.new`, file);
  }
}

/**
 * @param {string} file
 * @returns {{ launcher: Identity, children: Identity[] } | null} null: unreadable, so nobody's
 */
function readHolder(file) {
  try {
    const { launcher, children } = JSON.parse(readFileSync(file, 'utf8'));
    return { launcher, children: Array.isArray(children) ? children : [] };
  } catch {
    return null;
  }
}
