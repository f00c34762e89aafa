// @ts-check
// The launcher as a whole, with real brokers, on a small project of its own: one service, which stands for the gateway.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createConnection, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { connect } from '@nats-io/transport-node';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { freePort } from './ports.mjs';
import { identify, isAlive, signalGroup } from './processes.mjs';
import { findProgram } from './programs.mjs';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const skip =
  ['nats-server', 'redis-server'].some((name) => !findProgram(name, process.env)) &&
  'nats-server and redis-server are not installed';

const GATEWAY = `
import { createServer } from 'node:http';
if (process.env.DECKWATCH_INTERVAL_MS === '777') { console.error('DECKWATCH_INTERVAL_MS is "777": allowed: anything else'); process.exit(1); }
console.log(JSON.stringify({ t: Date.now(), level: 'warn', service: 'gateway', message: 'started', pid: process.pid }));
process.on('SIGTERM', () => setTimeout(() => process.exit(0), 100));
createServer((request, response) => {
  if (request.url === '/crash') process.exit(7);
  if (request.url === '/env') return response.end(JSON.stringify(process.env));
  response.end('{"ready":true,"parts":{}}');
}).listen(Number(process.env.DECKWATCH_PORT), process.env.DECKWATCH_HOST);
`;

/** @type {string} */
let root;
/** @type {number} */
let port;
/** @type {import('node:child_process').ChildProcess[]} */
const started = [];

before(async () => {
  root = mkdtempSync(join(tmpdir(), 'launcher-'));
  const write = (/** @type {string} */ file, /** @type {string | object} */ content) => {
    mkdirSync(join(root, file, '..'), { recursive: true });
    writeFileSync(join(root, file), typeof content === 'string' ? content : JSON.stringify(content));
  };
  mkdirSync(join(root, 'deploy', 'local'), { recursive: true });
  for (const name of readdirSync(HERE))
    if (!name.includes('.test.')) cpSync(join(HERE, name), join(root, 'deploy', 'local', name));
  cpSync(join(HERE, '../../tools/install.mjs'), join(root, 'tools', 'install.mjs'), { recursive: true });
  write('package.json', {
    name: 'small',
    version: '1.2.3',
    private: true,
    type: 'module',
    scripts: { start: 'node deploy/local/start.mjs' },
  });
  write('package-lock.json', { lockfileVersion: 3, packages: {} });
  write('node_modules/.package-lock.json', { packages: {} });
  write('services/gateway/package.json', {
    name: 'gateway',
    type: 'module',
    scripts: { build: 'mkdir -p dist && cp src/main.ts dist/main.js' },
  });
  write('services/gateway/src/main.ts', GATEWAY);
  port = await freePort([]);
});
afterEach(() => {
  for (const child of started.splice(0)) if (child.exitCode === null && child.pid) signalGroup(child.pid, 'SIGKILL');
});
after(() => rmSync(root, { recursive: true, force: true }));

/**
 * @param {NodeJS.ProcessEnv} [env]
 * @param {string[]} [args]
 */
function npmStart(env = {}, args = []) {
  const clean = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(npm_|NATS_|REDIS_|DECKWATCH_|NODE_)/.test(name)),
  );
  const child = spawn('npm', ['start', '--silent', ...(args.length > 0 ? ['--', ...args] : [])], {
    cwd: root,
    env: { ...clean, DECKWATCH_PORT: String(port), DECKWATCH_DEMO: 'off', ...env },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  started.push(child);
  const seen = { text: '', exit: /** @type {number | null | undefined} */ (undefined) };
  child.stdout.setEncoding('utf8').on('data', (chunk) => (seen.text += chunk));
  child.stderr.setEncoding('utf8').on('data', (chunk) => (seen.text += chunk));
  child.once('close', (code) => (seen.exit = code));
  return { child, seen };
}

/**
 * @param {() => unknown} met
 * @param {() => string} tell
 */
async function until(met, tell = () => '', limitMs = 20_000) {
  const end = Date.now() + limitMs;
  for (;;) {
    const result = await Promise.resolve(met()).catch(() => false);
    if (result) return result;
    assert.ok(Date.now() < end, `waited in vain: ${tell()}`);
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
}

/** @param {NodeJS.ProcessEnv} [env] */
async function ready(env) {
  const run = npmStart(env);
  await until(
    () => run.seen.text.includes(`http://127.0.0.1:${port}\n`),
    () => run.seen.text,
  );
  return run;
}

/** @returns {{ launcher: import('./processes.mjs').Identity, children: import('./processes.mjs').Identity[] }} */
const running = () => JSON.parse(readFileSync(join(root, '.deckwatch', 'launcher.json'), 'utf8'));
const ask = async (/** @type {string} */ path) => (await fetch(`http://127.0.0.1:${port}${path}`)).text();
const natsUrl = () => `127.0.0.1:${JSON.parse(readFileSync(join(root, '.deckwatch', 'ports.json'), 'utf8')).nats}`;

test(
  '[nats] [redis] starts from nothing, says the URL last, and leaves nothing behind after Ctrl-C',
  { skip },
  async () => {
    const { child, seen } = await ready();
    assert.match(seen.text, /^Deckwatch 1\.2\.3 is starting\n/);
    assert.match(seen.text, /build +built/);
    assert.equal(seen.text.trimEnd().split('\n').at(-1), `http://127.0.0.1:${port}`);
    const { launcher, children } = running();
    assert.equal(children.length, 3);
    const asked = Date.now();
    process.kill(-(child.pid ?? 0), 'SIGINT');
    await until(() => ![launcher, ...children].some(isAlive));
    assert.ok(Date.now() - asked < 5000);
    await until(() => seen.exit !== undefined);
    assert.match(seen.text, /Deckwatch is stopped\n$/, 'npm waits for us to the end');
  },
);

test('[nats] [redis] starts again within seconds, on the same ports, with what was stored', { skip }, async () => {
  const first = await ready();
  const env = JSON.parse(await ask('/env'));
  const nats = await connect({ servers: natsUrl(), user: 'deckwatch', pass: new URL(env.NATS_URL).password });
  await (await jetstreamManager(nats)).streams.add({ name: 'CONTAINERS', subjects: ['deckwatch.containers.>'] });
  await jetstream(nats).publish('deckwatch.containers.a.b', '{"kept":true}');
  await nats.close();
  process.kill(-(first.child.pid ?? 0), 'SIGINT');
  await until(() => first.seen.exit !== undefined);
  const begun = Date.now();
  const second = await ready();
  assert.ok(Date.now() - begun < 5000);
  assert.match(second.seen.text, /build +nothing changed/);
  const again = JSON.parse(await ask('/env'));
  for (const name of ['NATS_URL', 'REDIS_URL', 'DECKWATCH_SECRET_KEY']) assert.equal(again[name], env[name]);
  const reader = await connect({
    servers: natsUrl(),
    user: 'reader',
    pass: secretOf('nats-reader'),
    inboxPrefix: '_INBOX_reader',
  });
  const message = await (
    await jetstreamManager(reader)
  ).streams.getMessage('CONTAINERS', { last_by_subj: 'deckwatch.containers.a.b' });
  assert.deepEqual(message?.json(), { kept: true });
  await reader.close();
});

test('[nats] [redis] gives each service what it needs, and no secret to the world', { skip }, async () => {
  await ready();
  const env = JSON.parse(await ask('/env'));
  assert.equal(Buffer.from(env.DECKWATCH_SECRET_KEY, 'base64').length, 32);
  assert.equal(env.DECKWATCH_DATA, join(root, '.deckwatch'));
  assert.equal(env.DECKWATCH_OPS_PORT, '0');
  const redis = new URL(env.REDIS_URL);
  const { default: Redis } = await import('ioredis');
  const client = new Redis(env.REDIS_URL);
  assert.deepEqual(await client.config('GET', 'maxmemory-policy'), ['maxmemory-policy', 'noeviction']);
  assert.deepEqual(await client.config('GET', 'appendonly'), ['appendonly', 'yes']);
  client.disconnect();
  const stranger = createConnection(Number(redis.port), '127.0.0.1');
  stranger.write('GET x\r\n');
  assert.match(String(await new Promise((resolve) => stranger.once('data', resolve))), /^-NOAUTH/);
  stranger.destroy();
});

test(
  '[nats] an unknown client hears stats and hosts and nothing else; a reader reads and changes nothing',
  { skip },
  async () => {
    await ready();
    const services = await connect({ servers: natsUrl(), user: 'deckwatch', pass: secretOf('nats-services') });
    const guest = await connect({ servers: natsUrl() });
    const reader = await connect({
      servers: natsUrl(),
      user: 'reader',
      pass: secretOf('nats-reader'),
      inboxPrefix: '_INBOX_reader',
    });
    const heard = { guest: /** @type {string[]} */ ([]), reader: /** @type {string[]} */ ([]) };
    const refused = { guest: /** @type {string[]} */ ([]), reader: /** @type {string[]} */ ([]) };
    for (const [name, client] of /** @type {const} */ ([
      ['guest', guest],
      ['reader', reader],
    ])) {
      for (const subject of [
        'deckwatch.stats.>',
        'deckwatch.hosts.*',
        'deckwatch.stats.*',
        'deckwatch.>',
        '>',
        '_INBOX.>',
        '$KV.>',
      ]) {
        const callback = (/** @type {Error | null} */ error, /** @type {{ subject: string }} */ message) =>
          void (error ? refused[name].push(subject) : heard[name].push(`${subject} ${message.subject}`));
        client.subscribe(subject, { callback });
      }
      client.publish('deckwatch.hosts.evil', 'x');
      client.publish('deckwatch.ingest.sessions.shop', 'x');
      await client.flush();
    }
    for (const subject of [
      'deckwatch.stats.h',
      'deckwatch.stats.h.c',
      'deckwatch.hosts.h',
      'deckwatch.alerts.r.t',
      'deckwatch.rpc.alerts.saveChannel',
      '$KV.deckwatch_channels.x',
      '_INBOX.a.b',
    ]) {
      services.publish(subject, '{}');
    }
    await services.flush();
    await until(() => heard.guest.length >= 4 && heard.reader.length >= 4);
    await Promise.all([guest.flush(), reader.flush()]);
    assert.deepEqual(heard.guest.sort(), [
      'deckwatch.hosts.* deckwatch.hosts.h',
      'deckwatch.stats.* deckwatch.stats.h',
      'deckwatch.stats.> deckwatch.stats.h',
      'deckwatch.stats.> deckwatch.stats.h.c',
    ]);
    assert.deepEqual(refused.guest.sort(), ['$KV.>', '>', '_INBOX.>', 'deckwatch.>']);
    assert.ok(heard.reader.includes('deckwatch.> deckwatch.alerts.r.t'));
    assert.ok(!heard.reader.some((line) => /rpc|KV|INBOX|evil|ingest/.test(line)), heard.reader.join(', '));
    await assert.rejects((await jetstreamManager(reader)).streams.purge('CONTAINERS'));
    await Promise.all([services, guest, reader].map((client) => client.close()));
  },
);

test('[nats] [redis] starts a crashed service again, and says so in one line', { skip }, async () => {
  const { seen } = await ready();
  await ask('/crash').catch(() => undefined);
  await until(
    () => /gateway +ended \(exit code 7\); starts again in \d\.\d s/.test(seen.text),
    () => seen.text,
  );
  await until(() => ask('/health/ready'));
});

test(
  '[nats] [redis] stops when only npm is told to, and when the launcher is killed',
  { skip: skip || process.platform !== 'linux' },
  async () => {
    for (const kill of [
      (/** @type {number} */ npm) => process.kill(npm, 'SIGTERM'),
      () => process.kill(running().launcher.pid, 'SIGKILL'),
    ]) {
      const { child } = await ready();
      const { launcher, children } = running();
      kill(child.pid ?? 0);
      await until(
        () => ![launcher, ...children].some(isAlive),
        () => JSON.stringify([launcher, ...children].filter(isAlive)),
        6000,
      );
    }
  },
);

test(
  '[nats] [redis] a second one on the same data, a taken port, a wrong setting: one clear line each',
  { skip },
  async () => {
    const { child, seen } = await ready();
    const second = npmStart({ DECKWATCH_PORT: String(await freePort([])) });
    await until(() => second.seen.exit !== undefined);
    assert.equal(second.seen.exit, 1);
    assert.match(
      second.seen.text,
      new RegExp(`in use by a launcher that is running \\(process ${running().launcher.pid}\\)`),
    );
    assert.ok(identify(running().launcher.pid), 'the first one is left alone');
    process.kill(-(child.pid ?? 0), 'SIGINT');
    await until(() => seen.exit !== undefined);

    const other = createServer().listen(port, '127.0.0.1');
    const taken = npmStart();
    await until(() => taken.seen.exit !== undefined);
    assert.match(
      taken.seen.text,
      new RegExp(`port ${port} on 127\\.0\\.0\\.1 is taken by another program: DECKWATCH_PORT=${port + 1} npm start`),
    );
    await new Promise((resolve) => other.close(resolve));

    const wrong = npmStart({ DECKWATCH_PORT: 'eighty' });
    await until(() => wrong.seen.exit !== undefined);
    assert.match(wrong.seen.text, /^DECKWATCH_PORT is "eighty": allowed: a whole number from 1 to 65535$/m);

    const refused = npmStart({ DECKWATCH_INTERVAL_MS: '777' });
    await until(() => refused.seen.exit !== undefined);
    assert.equal(refused.seen.exit, 1);
    assert.match(refused.seen.text, /DECKWATCH_INTERVAL_MS is "777": allowed: anything else/);
  },
);

test('[nats] [redis] interrupted while it builds, it ends', { skip }, async () => {
  const manifest = join(root, 'services/gateway/package.json');
  const usual = readFileSync(manifest, 'utf8');
  writeFileSync(manifest, usual.replace('mkdir -p', 'sleep 60; mkdir -p'));
  const { child, seen } = npmStart();
  await until(
    () => seen.text.includes('building gateway'),
    () => seen.text,
  );
  process.kill(-(child.pid ?? 0), 'SIGINT');
  await until(
    () => seen.exit !== undefined,
    () => seen.text,
    6000,
  );
  writeFileSync(manifest, usual);
});

test("prints a reader's credentials", async () => {
  const { seen } = npmStart({}, ['creds']);
  await until(() => seen.exit !== undefined);
  assert.equal(seen.exit, 0);
  assert.ok(seen.text.includes(`password      ${secretOf('nats-reader')}`));
  assert.ok(seen.text.includes('_INBOX_reader'));
});

/** @param {string} name */
function secretOf(name) {
  return readFileSync(join(root, '.deckwatch', 'secrets', name), 'utf8').trim();
}
