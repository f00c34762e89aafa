// @ts-check
// For the launcher's tests: a small project of its own in a temporary folder, with a service that stands for the
// gateway, on which `npm start` runs as it is.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from './ports.mjs';
import { boundToUs, signalGroup } from './processes.mjs';
import { findProgram } from './programs.mjs';

const HERE = fileURLToPath(new URL('.', import.meta.url));

/** Why tests with brokers cannot run here; false: they can. A part that DECKWATCH_REQUIRE names is never skipped. */
export const skip = missingBrokers();

function missingBrokers() {
  const required = (process.env['DECKWATCH_REQUIRE'] ?? '').split(',').map((name) => `${name.trim()}-server`);
  const missing = ['nats-server', 'redis-server'].filter(
    (name) => !findProgram(name, process.env) && !required.includes(name),
  );
  return missing.length > 0 && `${missing.join(' and ')} not installed`;
}

export const GATEWAY = `
import { createServer } from 'node:http';
const { DECKWATCH_INTERVAL_MS: interval, DECKWATCH_LOG_LEVEL: level, DECKWATCH_PORT: port, DECKWATCH_HOST: host } = process.env;
if (interval === '777') { console.error('DECKWATCH_INTERVAL_MS is "777": allowed: anything else'); process.exit(1); }
console.log(JSON.stringify({ t: Date.now(), level: 'warn', service: 'gateway', message: 'started', pid: process.pid }));
process.on('SIGTERM', () => level === 'error' || setTimeout(() => process.exit(0), 100));
createServer((request, response) => {
  if (request.url === '/crash') process.exit(7);
  if (request.url === '/env') return response.end(JSON.stringify(process.env));
  response.end('{"ready":true,"parts":{}}');
}).listen(Number(port), host);
`;

/** Stands for the demo: removes itself when its socket's folder has a file \`remove\`. */
const DEMO = `
import { existsSync, writeFileSync } from 'node:fs';
const { DECKWATCH_DATA: data } = process.env;
setInterval(() => {
  if (!existsSync(data + '/remove')) return;
  writeFileSync(data + '/demo-removed', '');
  setTimeout(() => process.exit(0), 300);
}, 50);
`;

/** Stands for the collector: tells which engine it was given. */
const COLLECTOR = `
import { writeFileSync } from 'node:fs';
const { DECKWATCH_DATA: data, DECKWATCH_INSTANCE: instance, DOCKER_HOST: engine, DECKWATCH_HOST_NAME: name } = process.env;
const { NATS_URL: nats, DECKWATCH_SECRET_KEY, DECKWATCH_ADMIN_PASSWORD, REDIS_URL } = process.env;
const secrets = Object.entries({ DECKWATCH_SECRET_KEY, DECKWATCH_ADMIN_PASSWORD, REDIS_URL }).filter(([, value]) => value);
writeFileSync(data + '/collector-' + instance, JSON.stringify({ pid: process.pid, engine, name, nats, secrets }));
setInterval(() => undefined, 1000);
`;

/** Stands for the sessions service: tells which sources it was given. */
const SESSIONS = `
import { writeFileSync } from 'node:fs';
const { DECKWATCH_DATA: data, DECKWATCH_SESSION_SOURCES: sources = '[]' } = process.env;
writeFileSync(data + '/sources', sources);
setInterval(() => undefined, 1000);
`;

export class SmallProject {
  root = mkdtempSync(join(tmpdir(), 'launcher-'));
  port = 0;
  /** @type {import('node:child_process').ChildProcess[]} */
  started = [];

  async create() {
    for (const name of readdirSync(HERE)) {
      if (!name.includes('.test.')) cpSync(join(HERE, name), join(this.root, 'deploy', 'local', name));
    }
    for (const folder of ['deploy/brokers', 'libs/contracts/src/brokers']) {
      cpSync(join(HERE, '../..', folder), join(this.root, folder), { recursive: true });
    }
    cpSync(join(HERE, '../../tools/install.mjs'), join(this.root, 'tools', 'install.mjs'));
    const { scripts: ours } = JSON.parse(readFileSync(join(HERE, '../../package.json'), 'utf8'));
    const scripts = { start: ours.start };
    this.write('package.json', { name: 'small', version: '1.2.3', private: true, type: 'module', scripts });
    this.write('package-lock.json', { lockfileVersion: 3, packages: {} });
    this.write('node_modules/.package-lock.json', { packages: {} });
    this.addProject('services/gateway', GATEWAY);
    this.port = await freePort([]);
  }

  addDemo() {
    this.addProject('services/collector', COLLECTOR);
    this.addProject('services/sessions', SESSIONS);
    this.addProject('deploy/demo', DEMO);
  }

  /**
   * @param {string} folder
   * @param {string} source
   * @param {string} [first] what its build does first, in the shell's words
   */
  addProject(folder, source, first = 'true') {
    const scripts = { build: `${first}; mkdir -p dist && cp src/main.ts dist/main.js` };
    this.write(`${folder}/package.json`, { name: folder, type: 'module', scripts });
    this.write(`${folder}/src/main.ts`, source);
  }

  /**
   * @param {string} file
   * @param {string | object} content
   */
  write(file, content) {
    mkdirSync(dirname(join(this.root, file)), { recursive: true });
    writeFileSync(join(this.root, file), typeof content === 'string' ? content : JSON.stringify(content));
  }

  /** @param {string[]} parts under DECKWATCH_DATA */
  read(...parts) {
    return readFileSync(join(this.root, '.deckwatch', ...parts), 'utf8').trim();
  }

  /**
   * Runs `npm start`.
   * @param {NodeJS.ProcessEnv} [env]
   * @param {string[]} [args]
   */
  start(env = {}, args = []) {
    const ours = Object.entries(process.env).filter(
      ([name]) => !/^(npm_|NATS_|REDIS_|DECKWATCH_|NODE_|DOCKER_)/.test(name),
    );
    // The Node that runs the tests, not whichever is first on PATH.
    const path = [dirname(process.execPath), process.env['PATH']].join(delimiter);
    const [file, words] = boundToUs('npm', ['start', '--silent', ...(args.length > 0 ? ['--', ...args] : [])]);
    const child = spawn(file, words, {
      cwd: this.root,
      env: {
        ...Object.fromEntries(ours),
        PATH: path,
        DECKWATCH_PORT: String(this.port),
        DECKWATCH_DEMO: 'off',
        ...env,
      },
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.started.push(child);
    const seen = { text: '', exit: /** @type {number | null | undefined} */ (undefined) };
    child.stdout.setEncoding('utf8').on('data', (chunk) => (seen.text += chunk));
    child.stderr.setEncoding('utf8').on('data', (chunk) => (seen.text += chunk));
    child.once('close', (code) => (seen.exit = code));
    const interrupt = () => process.kill(-(child.pid ?? 0), 'SIGINT');
    return {
      child,
      seen,
      interrupt,
      ended: () =>
        until(
          () => seen.exit !== undefined,
          () => seen.text,
        ),
    };
  }

  /**
   * Runs `npm start` until it says that it is ready.
   * @param {NodeJS.ProcessEnv} [env]
   */
  async ready(env) {
    const run = this.start(env);
    await until(
      () => run.seen.text.includes(`http://127.0.0.1:${this.port}\n`),
      () => run.seen.text,
    );
    return run;
  }

  /** @returns {{ launcher: import('./processes.mjs').Identity, children: import('./processes.mjs').Identity[] }} */
  running() {
    return JSON.parse(this.read('launcher.json'));
  }

  /** @param {string} path asked of the service that stands for the gateway */
  async ask(path) {
    return (await fetch(`http://127.0.0.1:${this.port}${path}`)).text();
  }

  get nats() {
    return `127.0.0.1:${JSON.parse(this.read('ports.json')).nats}`;
  }

  /** Ends what a test left running. */
  clear() {
    for (const child of this.started.splice(0))
      if (child.exitCode === null && child.pid) signalGroup(child.pid, 'SIGKILL');
  }

  delete() {
    this.clear();
    rmSync(this.root, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  }
}

/**
 * Waits until something holds; a throw counts as not yet.
 * @param {() => unknown} met
 * @param {() => string} tell
 */
export async function until(met, tell = () => '', limitMs = 30_000) {
  const end = Date.now() + limitMs;
  for (;;) {
    const result = await Promise.resolve()
      .then(met)
      .catch(() => false);
    if (result) return;
    assert.ok(Date.now() < end, `waited in vain: ${tell()}`);
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
}
