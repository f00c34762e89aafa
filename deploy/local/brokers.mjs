// @ts-check
// The brokers as our own children: their configuration, and when they answer.
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const READY_MS = 20_000;
/** Our own brokers serve this machine alone. */
const HOST = '127.0.0.1';

const READABLE_STREAMS = ['CONTAINERS', 'SESSIONS', 'ALERTS', 'KV_deckwatch_flags'];
/** Durable consumers of the services: a reader may not take messages from them nor change them. */
const PROTECTED_CONSUMERS = ['alerts-notifier'];

/** @typedef {import('./local-state.mjs').LocalState} LocalState */
/**
 * @typedef {object} Broker
 * @property {string} url with credentials, for the services
 * @property {string} shown without them, for people
 * @property {{ file: string, args: string[], env: NodeJS.ProcessEnv } | null} command null: it is not ours
 * @property {() => Promise<void>} answered resolves when it answers
 */

/** What reading a stream takes: looking at it, getting a message, a consumer of one's own. */
function readerRequests() {
  const ofStream = (/** @type {string} */ stream) => [
    ...['STREAM.INFO', 'STREAM.MSG.GET', 'DIRECT.GET', 'CONSUMER.NAMES', 'CONSUMER.LIST', 'CONSUMER.CREATE'].map(
      (act) => `${act}.${stream}`,
    ),
    ...['DIRECT.GET', 'CONSUMER.CREATE', 'CONSUMER.INFO', 'CONSUMER.MSG.NEXT'].map((act) => `${act}.${stream}.>`),
  ];
  return ['INFO', 'STREAM.NAMES', 'STREAM.LIST', ...READABLE_STREAMS.flatMap(ofStream)]
    .map((act) => `$JS.API.${act}`)
    .concat('$JS.FC.>');
}

function protectedConsumers() {
  return PROTECTED_CONSUMERS.flatMap((consumer) =>
    ['MSG.NEXT', 'CREATE'].flatMap((act) => ['', '.>'].map((rest) => `$JS.API.CONSUMER.${act}.*.${consumer}${rest}`)),
  );
}

/** @param {string[]} subjects */
const list = (subjects) => subjects.map((subject) => `"${subject}"`).join(', ');

/**
 * @param {string} name
 * @param {Record<string, string | number>} values
 */
export function fillTemplate(name, values) {
  const template = readFileSync(join(HERE, name), 'utf8');
  return template.replace(/\{\{(\w+)\}\}/g, (_all, key) => String(values[key] ?? ''));
}

/**
 * @param {{ host: string, port: number, storeDir: string, password: string, readerPassword: string, appPassword: string, guestPassword: string }} values
 */
export function natsConfig(values) {
  const lists = { readerRequests: list(readerRequests()), protectedConsumers: list(protectedConsumers()) };
  return fillTemplate('nats.conf.template', { ...values, ...lists, storeDir: escape(values.storeDir) });
}

/** @param {{ host: string, port: number, dir: string, password: string }} values */
export function redisConfig(values) {
  return fillTemplate('redis.conf.template', { ...values, dir: escape(values.dir) });
}

/**
 * @param {LocalState} state
 * @param {{ file: string, env: NodeJS.ProcessEnv }} program
 * @param {number} port
 * @returns {Broker}
 */
export function ownNats(state, program, port) {
  const folder = state.makeFolder('nats');
  const config = join(folder, 'nats.conf');
  const password = state.secret('nats-services');
  const [readerPassword, appPassword] = [state.secret('nats-reader'), state.secret('nats-app')];
  const guestPassword = state.secret('nats-guest');
  const storeDir = join(folder, 'jetstream');
  state.write(config, natsConfig({ host: HOST, port, storeDir, password, readerPassword, appPassword, guestPassword }));
  return {
    url: `nats://deckwatch:${password}@${HOST}:${port}`,
    shown: `${HOST}:${port}`,
    command: { file: program.file, args: ['-c', config], env: program.env },
    answered: () => answers('nats-server', port, '', /^INFO /),
  };
}

/**
 * @param {LocalState} state
 * @param {{ file: string, env: NodeJS.ProcessEnv }} program
 * @param {number} port
 * @returns {Broker}
 */
export function ownRedis(state, program, port) {
  const folder = state.makeFolder('redis');
  const config = join(folder, 'redis.conf');
  const password = state.secret('redis');
  state.write(config, redisConfig({ host: HOST, port, password, dir: folder }));
  return {
    url: `redis://:${password}@${HOST}:${port}`,
    shown: `${HOST}:${port}`,
    command: { file: program.file, args: [config], env: program.env },
    // While it loads its file it answers -LOADING.
    answered: () => answers('redis-server', port, `AUTH ${password}\r\nPING\r\n`, /\+PONG/),
  };
}

/**
 * A broker that somebody else runs. The services say when it is away, and wait for it.
 * @param {string} url
 * @returns {Broker}
 */
export function outsideBroker(url) {
  const shown = url.split(',').map((part) => new URL(part.trim()).host);
  return { url, shown: shown.join(', '), command: null, answered: async () => undefined };
}

/** @param {string} path */
const escape = (path) => path.replace(/(["\\])/g, '\\$1');

/**
 * @param {string} name
 * @param {number} port
 * @param {string} greeting
 * @param {RegExp} wanted
 */
async function answers(name, port, greeting, wanted) {
  const until = Date.now() + READY_MS;
  while (!wanted.test(await ask(port, greeting))) {
    if (Date.now() > until)
      throw new Error(`${name} does not answer on ${HOST}:${port}: see its log under DECKWATCH_DATA/logs`);
    await pause(50);
  }
}

/**
 * @param {number} port
 * @param {string} greeting
 * @returns {Promise<string>} what came within a moment
 */
function ask(port, greeting) {
  return new Promise((resolve) => {
    let text = '';
    const socket = connect({ port, host: HOST });
    const end = () => {
      socket.destroy();
      resolve(text);
    };
    socket.setTimeout(200, end);
    socket.once('connect', () => greeting && socket.write(greeting));
    socket.setEncoding('utf8').on('data', (chunk) => {
      text += chunk;
      if (!greeting || text.includes('PONG') || text.includes('-')) end();
    });
    socket.once('error', end);
    socket.once('close', end);
  });
}
