// @ts-check
// The launcher as a whole, with real brokers, on a small project.
import assert from 'node:assert/strict';
import { createConnection, createServer } from 'node:net';
import { join } from 'node:path';
import { after, afterEach, before, test } from 'node:test';
import { connect } from '@nats-io/transport-node';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { freePort } from './ports.mjs';
import { identify, isAlive } from './processes.mjs';
import { skip, SmallProject, until } from './small-project.mjs';

const project = new SmallProject();

before(() => project.create());
afterEach(() => project.clear());
after(() => project.delete());

test(
  '[nats] [redis] starts from nothing, says the URL last, and leaves nothing behind after Ctrl-C',
  { skip },
  async () => {
    const { child, seen } = await project.ready();
    assert.match(seen.text, /^Deckwatch 1\.2\.3 is starting\n/);
    assert.match(seen.text, /build +built/);
    assert.equal(seen.text.trimEnd().split('\n').at(-1), `http://127.0.0.1:${project.port}`);
    const { launcher, children } = project.running();
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
  const first = await project.ready();
  const env = JSON.parse(await project.ask('/env'));
  const nats = await connect({ servers: project.nats, user: 'ops', pass: project.read('secrets', 'nats-ops') });
  await (await jetstreamManager(nats)).streams.add({ name: 'CONTAINERS', subjects: ['deckwatch.containers.>'] });
  await jetstream(nats).publish('deckwatch.containers.a.b', '{"kept":true}');
  await nats.close();
  process.kill(-(first.child.pid ?? 0), 'SIGINT');
  await until(() => first.seen.exit !== undefined);
  const begun = Date.now();
  const second = await project.ready();
  assert.ok(Date.now() - begun < 5000);
  assert.match(second.seen.text, /build +nothing changed/);
  const again = JSON.parse(await project.ask('/env'));
  for (const name of ['NATS_URL', 'DECKWATCH_SECRET_KEY']) assert.equal(again[name], env[name]);
  const reader = await connect({
    servers: project.nats,
    user: 'reader',
    pass: project.read('secrets', 'nats-reader'),
    inboxPrefix: '_INBOX_reader',
  });
  const message = await (
    await jetstreamManager(reader)
  ).streams.getMessage('CONTAINERS', { last_by_subj: 'deckwatch.containers.a.b' });
  assert.deepEqual(message?.json(), { kept: true });
  await reader.close();
});

test('[nats] [redis] gives each service what it needs, and no more', { skip }, async () => {
  project.addDemo();
  await project.ready({ DECKWATCH_DEMO: 'on', DECKWATCH_ADMIN_PASSWORD: 'known to the gateway', NATS_CA: '/no/file' });
  const env = JSON.parse(await project.ask('/env'));
  assert.equal(Buffer.from(env.DECKWATCH_SECRET_KEY, 'base64').length, 32);
  assert.equal(env.DECKWATCH_DATA, join(project.root, '.deckwatch'));
  assert.equal(env.DECKWATCH_OPS_PORT, '0');
  assert.equal(new URL(env.NATS_URL).username, 'gateway');
  assert.equal(env.NATS_INBOX_PREFIX, '_INBOX_gateway');
  assert.equal(env.NATS_CA, undefined, 'our own broker is on loopback, without TLS');
  assert.equal(env.REDIS_URL, undefined, 'it keeps nothing in Redis');
  await until(() => project.read('collector-demo'));
  const collector = JSON.parse(project.read('collector-demo'));
  assert.match(collector.nats, /^nats:\/\/collector:/);
  assert.deepEqual(collector.secrets, []);
});

test('[redis] its Redis lets in who has a user, to his own keys', { skip }, async () => {
  await project.ready();
  const { redis: port } = JSON.parse(project.read('ports.json'));
  const { default: Redis } = await import('ioredis');
  const as = (/** @type {string} */ username) =>
    new Redis({ port, username, password: project.read('secrets', `redis-${username}`), maxRetriesPerRequest: 0 });
  const ops = as('ops');
  assert.deepEqual(await ops.config('GET', 'maxmemory-policy'), ['maxmemory-policy', 'noeviction']);
  assert.deepEqual(await ops.config('GET', 'appendonly'), ['appendonly', 'yes']);
  const sessions = as('sessions');
  assert.equal(await sessions.set('deckwatch:{sessions}:counts', '1'), 'OK');
  await assert.rejects(sessions.set('deckwatch:notify-x:meta', '1'), /NOPERM/);
  await assert.rejects(sessions.flushall(), /NOPERM/);
  for (const client of [ops, sessions]) client.disconnect();
  const stranger = createConnection(port, '127.0.0.1');
  stranger.write('GET x\r\n');
  assert.match(String(await new Promise((resolve) => stranger.once('data', resolve))), /^-NOAUTH/);
  stranger.destroy();
});

test(
  '[nats] an unknown client hears stats and hosts and nothing else; a reader reads and changes nothing',
  { skip },
  async () => {
    await project.ready();
    const services = await connect({ servers: project.nats, user: 'ops', pass: project.read('secrets', 'nats-ops') });
    const guest = await connect({ servers: project.nats });
    const reader = await connect({
      servers: project.nats,
      user: 'reader',
      pass: project.read('secrets', 'nats-reader'),
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
      'deckwatch.audit.login',
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
    assert.ok(!heard.reader.some((line) => /rpc|KV|INBOX|evil|ingest|audit/.test(line)), heard.reader.join(', '));
    await assert.rejects((await jetstreamManager(reader)).streams.purge('CONTAINERS'));
    await Promise.all([services, guest, reader].map((client) => client.close()));
  },
);

test('[nats] [redis] starts a crashed service again, and says so in one line', { skip }, async () => {
  const { seen } = await project.ready();
  await project.ask('/crash').catch(() => undefined);
  await until(
    () => /gateway +ended \(exit code 7\); starts again in \d\.\d s/.test(seen.text),
    () => seen.text,
  );
  await until(() => project.ask('/health/ready'));
});

test(
  '[nats] [redis] stops when npm is killed, and when the launcher is',
  { skip: skip || process.platform !== 'linux' },
  async () => {
    for (const kill of [
      (/** @type {number} */ npm) => process.kill(npm, 'SIGKILL'),
      () => process.kill(project.running().launcher.pid, 'SIGKILL'),
    ]) {
      const { child } = await project.ready();
      const { launcher, children } = project.running();
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
    const { child, seen } = await project.ready();
    const second = project.start({ DECKWATCH_PORT: String(await freePort([])) });
    await until(() => second.seen.exit !== undefined);
    assert.equal(second.seen.exit, 1);
    assert.match(
      second.seen.text,
      new RegExp(`in use by a launcher that is running \\(process ${project.running().launcher.pid}\\)`),
    );
    assert.ok(identify(project.running().launcher.pid), 'the first one is left alone');
    process.kill(-(child.pid ?? 0), 'SIGINT');
    await until(() => seen.exit !== undefined);

    const other = createServer().listen(project.port, '127.0.0.1');
    const taken = project.start();
    await until(() => taken.seen.exit !== undefined);
    assert.match(
      taken.seen.text,
      new RegExp(
        `port ${project.port} on 127\\.0\\.0\\.1 is taken by another program: DECKWATCH_PORT=${project.port + 1} npm start`,
      ),
    );
    await new Promise((resolve) => other.close(resolve));

    const wrong = project.start({ DECKWATCH_PORT: 'eighty' });
    await until(() => wrong.seen.exit !== undefined);
    assert.match(wrong.seen.text, /^DECKWATCH_PORT is "eighty": allowed: a whole number from 1 to 65535$/m);

    const refused = project.start({ DECKWATCH_INTERVAL_MS: '777' });
    await until(() => refused.seen.exit !== undefined);
    assert.equal(refused.seen.exit, 1);
    assert.match(refused.seen.text, /DECKWATCH_INTERVAL_MS is "777": allowed: anything else/);
  },
);

test("prints a reader's credentials", async () => {
  const { seen } = project.start({}, ['creds']);
  await until(() => seen.exit !== undefined);
  assert.equal(seen.exit, 0);
  assert.ok(seen.text.includes(`password      ${project.read('secrets', 'nats-reader')}`));
  assert.ok(seen.text.includes('_INBOX_reader'));
});
