// @ts-check
// The brokers as our own children: their configuration, and when they answer.
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import {
  brokerSettings,
  natsConfig,
  needsRedis,
  passwordOf,
  REDIS_OPS,
  redisConfig,
} from '../brokers/configuration.mjs';

const READY_MS = 20_000;
/** Our own brokers serve this machine alone. */
const HOST = '127.0.0.1';

/** @typedef {import('./local-state.mjs').LocalState} LocalState */
/**
 * @typedef {object} Broker
 * @property {(service: string) => NodeJS.ProcessEnv} settingsOf how a service reaches it
 * @property {string} shown without them, for people
 * @property {{ file: string, args: string[], env: NodeJS.ProcessEnv } | null} command null: it is not ours
 * @property {(signal?: AbortSignal) => Promise<void>} answered resolves when it answers; the signal ends the waiting
 */

/**
 * @param {LocalState} state
 * @param {{ file: string, env: NodeJS.ProcessEnv }} program
 * @param {number} port
 * @returns {Broker}
 */
export function ownNats(state, program, port) {
  const folder = state.makeFolder('nats');
  const config = join(folder, 'nats.conf');
  const secrets = state.secrets;
  const storeDir = join(folder, 'jetstream');
  state.write(config, natsConfig({ host: HOST, port, storeDir, secrets }));
  return {
    settingsOf: (service) => brokerSettings(service, { secrets, nats: `${HOST}:${port}` }),
    shown: `${HOST}:${port}`,
    command: { file: program.file, args: ['-c', config], env: program.env },
    answered: (signal) => answers('nats-server', port, '', /^INFO /, signal),
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
  const secrets = state.secrets;
  const password = passwordOf(secrets, 'redis', REDIS_OPS);
  state.write(config, redisConfig({ host: HOST, port, dir: folder, secrets }));
  return {
    settingsOf: (service) => brokerSettings(service, { secrets, redis: `${HOST}:${port}` }),
    shown: `${HOST}:${port}`,
    command: { file: program.file, args: [config], env: program.env },
    // While it loads its file it answers -LOADING.
    answered: (signal) => answers('redis-server', port, `AUTH ${REDIS_OPS} ${password}\r\nPING\r\n`, /\+PONG/, signal),
  };
}

/**
 * A broker that somebody else runs: all services share what the URL says. They say when it is away, and wait for it.
 * @param {string} variable
 * @param {string} url
 * @returns {Broker}
 */
export function outsideBroker(variable, url) {
  const shown = url.split(',').map((part) => new URL(part.trim()).host);
  const wanted = (/** @type {string} */ service) => variable === 'NATS_URL' || needsRedis(service);
  const settingsOf = (/** @type {string} */ service) => (wanted(service) ? { [variable]: url } : {});
  return { settingsOf, shown: shown.join(', '), command: null, answered: async () => undefined };
}

/**
 * @param {string} name
 * @param {number} port
 * @param {string} greeting
 * @param {RegExp} wanted
 * @param {AbortSignal} [signal]
 */
async function answers(name, port, greeting, wanted, signal) {
  const until = Date.now() + READY_MS;
  while (!wanted.test(await ask(port, greeting))) {
    if (Date.now() > until)
      throw new Error(`${name} does not answer on ${HOST}:${port}: see its log under DECKWATCH_DATA/logs`);
    await pause(50, undefined, { signal });
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
