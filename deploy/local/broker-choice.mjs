// @ts-check
// Which brokers to use: those that the settings name, else programs on this machine, else fetched ones.
import {
  BROKER_PROGRAMS,
  howToInstall,
  installByApt,
  isDebianLike,
  mayInstall,
  unpacked,
  unpackPackages,
} from './debian.mjs';
import { outsideBroker, ownNats, ownRedis } from './brokers.mjs';
import { freePort } from './ports.mjs';
import { findProgram } from './programs.mjs';

/** @typedef {import('./brokers.mjs').Broker} Broker */
/** @typedef {import('./local-state.mjs').LocalState} LocalState */
/** @typedef {'nats' | 'redis'} Kind */

const USUAL_PORTS = { nats: 4222, redis: 6379 };
const VARIABLES = { nats: 'NATS_URL', redis: 'REDIS_URL' };
const OWN = { nats: ownNats, redis: ownRedis };

/**
 * @param {import('./settings.mjs').Settings} settings
 * @param {LocalState} state
 * @param {{ say: (text: string) => void, signal?: AbortSignal }} options
 * @returns {Promise<Record<Kind, Broker>>}
 */
export async function chooseBrokers(settings, state, options) {
  const outside = { nats: settings.natsUrl, redis: settings.redisUrl };
  const kinds = /** @type {Kind[]} */ (['nats', 'redis']);
  const own = kinds.filter((kind) => !outside[kind]);
  await fetchMissing(own, state, options);
  /** @type {Partial<Record<Kind, Broker>>} */
  const brokers = {};
  for (const kind of kinds) {
    const url = outside[kind];
    brokers[kind] = url ? outsideBroker(VARIABLES[kind], url) : await ownBroker(kind, state);
  }
  return /** @type {Record<Kind, Broker>} */ (brokers);
}

/**
 * @param {Kind} kind
 * @param {LocalState} state
 */
async function ownBroker(kind, state) {
  const program = programOf(kind, state);
  if (!program) throw new Error(howToInstall([BROKER_PROGRAMS[kind].program]));
  // The port of last time, so that clients which were given it find us again.
  const usual = Array.from({ length: 10 }, (_, index) => USUAL_PORTS[kind] + index);
  const port = await freePort([state.ports[kind], ...usual]);
  state.rememberPorts({ [kind]: port });
  return OWN[kind](state, program, port);
}

/**
 * @param {Kind} kind
 * @param {LocalState} state
 * @returns {{ file: string, env: NodeJS.ProcessEnv } | undefined}
 */
export function programOf(kind, state) {
  const { program } = BROKER_PROGRAMS[kind];
  const file = findProgram(program, process.env);
  return file ? { file, env: process.env } : unpacked(state, program);
}

/**
 * @param {Kind[]} kinds
 * @param {LocalState} state
 * @param {{ say: (text: string) => void, signal?: AbortSignal }} options
 */
async function fetchMissing(kinds, state, options) {
  const missing = kinds.filter((kind) => !programOf(kind, state));
  if (missing.length === 0) return;
  const programs = missing.map((kind) => BROKER_PROGRAMS[kind].program);
  const packages = missing.flatMap((kind) => BROKER_PROGRAMS[kind].packages);
  if (!isDebianLike() || !findProgram('apt-get', process.env)) throw new Error(howToInstall(programs));
  try {
    if (mayInstall()) await installByApt(packages, options);
    else await unpackPackages(state, packages, options);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`${programs.join(' and ')} could not be fetched: ${reason}\n${howToInstall(programs)}`, {
      cause: error,
    });
  }
}
