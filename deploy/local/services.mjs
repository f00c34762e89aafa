// @ts-check
// The processes of a local Deckwatch and the environment of each.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KEY_HOLDERS, needsRedis } from '../brokers/configuration.mjs';

/** @typedef {import('./settings.mjs').Settings} Settings */
/** @typedef {import('./supervisor.mjs').Command} Command */
/**
 * @typedef {object} Surroundings
 * @property {string} root the project's folder
 * @property {string} node the Node that runs the services
 * @property {Settings} settings
 * @property {(service: string) => NodeJS.ProcessEnv} brokersOf how a service reaches NATS and Redis
 * @property {string} secretKey
 */

/** A socket's path may have at most 107 bytes on Linux, 103 on macOS. */
const LONGEST_SOCKET = 103;

/** Ours to set; what the user set of these is used by the launcher, which speaks plain HTTP on this machine. */
const LAUNCHERS_OWN = [
  'NATS_URL',
  'REDIS_URL',
  'DECKWATCH_SECRET_KEY',
  'DECKWATCH_DATA',
  'DECKWATCH_OPS_PORT',
  'DECKWATCH_TLS_CERT',
  'DECKWATCH_TLS_KEY',
];
/** What one service alone may know. */
const PRIVATE = { DECKWATCH_ADMIN_PASSWORD: 'gateway', DECKWATCH_SESSION_SOURCES: 'sessions' };

/**
 * @param {Surroundings} surroundings
 * @param {string} service
 * @returns {NodeJS.ProcessEnv}
 */
function environmentOf({ settings, brokersOf, secretKey }, service) {
  /** @type {NodeJS.ProcessEnv} */
  const env = { ...process.env };
  for (const name of LAUNCHERS_OWN) for (const each of [name, `${name}_FILE`]) delete env[each];
  // How to reach brokers of the user's own is said by him; ours are reached as they are made.
  for (const name of Object.keys(env)) {
    const nats = name.startsWith('NATS_') && settings.natsUrl === undefined;
    const redis = name.startsWith('REDIS_') && (settings.redisUrl === undefined || !needsRedis(service));
    if (nats || redis) delete env[name];
  }
  for (const [name, owner] of Object.entries(PRIVATE)) {
    if (owner !== service) for (const each of [name, `${name}_FILE`]) delete env[each];
  }
  // npm's own variables tell a service nothing.
  for (const name of Object.keys(env)) if (name.startsWith('npm_')) delete env[name];
  return {
    ...env,
    NODE_ENV: 'production',
    ...brokersOf(service),
    ...(KEY_HOLDERS.includes(service) && { DECKWATCH_SECRET_KEY: secretKey }),
    DECKWATCH_DATA: settings.data,
    DECKWATCH_PORT: String(settings.port),
    DECKWATCH_HOST: settings.host,
    DECKWATCH_OPS_PORT: '0',
    // The same name at every start, so that the others see one service come back instead of another one.
    DECKWATCH_INSTANCE: 'local',
  };
}

/**
 * The services, one process each.
 * @param {Surroundings} surroundings
 * @param {string[]} [gone] hosts that must not stand in the inventory any more
 * @param {boolean} [withDemo] whether the simulated fleet runs beside them
 * @returns {Command[]}
 */
export function serviceCommands(surroundings, gone = [], withDemo = false) {
  const { root, node } = surroundings;
  const env = (/** @type {string} */ name) => environmentOf(surroundings, name);
  return readdirSync(join(root, 'services'))
    .sort()
    .map((name) => ({ name, folder: join(root, 'services', name) }))
    .filter(({ folder }) => existsSync(join(folder, 'dist', 'main.js')))
    .map(({ name, folder }) => ({
      name,
      file: node,
      args: nodeArgs(folder),
      env: { ...env(name), ...extras(name, env(name), gone, withDemo) },
      cwd: root,
    }));
}

/**
 * @param {string} name
 * @param {NodeJS.ProcessEnv} env
 * @param {string[]} gone
 * @param {boolean} withDemo
 * @returns {NodeJS.ProcessEnv}
 */
function extras(name, env, gone, withDemo) {
  if (name === 'gateway') return { DECKWATCH_FORGET_HOSTS: gone.join() };
  // What the user says of his own sources is not mixed with what is invented.
  const says = 'DECKWATCH_SESSION_SOURCES' in env || 'DECKWATCH_SESSION_SOURCES_FILE' in env;
  return name === 'sessions' && withDemo && !says ? { DECKWATCH_SESSION_SOURCES: JSON.stringify(DEMO_SOURCES) } : {};
}

/** Which of the demo's containers serve its people. */
const DEMO_SOURCES = [
  { app: 'shop', kind: 'ingest', name: 'demo-shop', runsOn: { project: 'shop', service: 'web' } },
  { app: 'shop', kind: 'ingest', name: 'demo-shop-advice', runsOn: { project: 'shop', service: 'recommender' } },
  { app: 'wiki', kind: 'ingest', name: 'demo-wiki', runsOn: { project: 'wiki', service: 'app' } },
];

/** @param {string} folder */
const nodeArgs = (folder) => ['--enable-source-maps', join(folder, 'dist', 'main.js')];

/**
 * Where the demo's engine listens.
 * @param {string} data
 */
export function demoSocket(data) {
  const path = join(data, 'demo.sock');
  if (Buffer.byteLength(path) <= LONGEST_SOCKET) return path;
  return join(tmpdir(), `deckwatch-${createHash('sha256').update(data).digest('hex').slice(0, 12)}.sock`);
}

/**
 * The simulated fleet, and the real collector that watches it.
 * @param {Surroundings} surroundings
 * @returns {{ fleet: Command, collector: Command }}
 */
export function demoCommands(surroundings) {
  const { root, node, settings } = surroundings;
  const socket = demoSocket(settings.data);
  const env = environmentOf(surroundings, 'demo');
  const watching = {
    ...environmentOf(surroundings, 'collector'),
    DOCKER_HOST: `unix://${socket}`,
    DECKWATCH_SOURCE: 'docker',
    DECKWATCH_READER: 'engine',
    DECKWATCH_HOST_NAME: 'demo',
    DECKWATCH_INSTANCE: 'demo',
  };
  for (const name of ['DOCKER_HOST', 'DECKWATCH_HOST_NAME', 'DECKWATCH_READER', 'DECKWATCH_SOURCE']) {
    delete (/** @type {NodeJS.ProcessEnv} */ (watching)[`${name}_FILE`]);
  }
  return {
    fleet: {
      name: 'demo',
      file: node,
      args: nodeArgs(join(root, 'deploy', 'demo')),
      env: { ...env, DECKWATCH_DEMO_SOCKET: socket },
      cwd: root,
    },
    collector: {
      name: 'collector-demo',
      file: node,
      args: nodeArgs(join(root, 'services', 'collector')),
      env: watching,
      cwd: root,
    },
  };
}
