// @ts-check
// The configuration of the brokers that we start, and the secrets that belong to it: for `npm start`, docker-compose
// and Kubernetes alike. Who may do what is said in libs/contracts/src/brokers alone.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import {
  inboxPrefix,
  NATS_USERS,
  natsAuthorization,
  OPS,
  REDIS_OPS,
  REDIS_USERS,
  redisAcl,
} from '../../libs/contracts/src/brokers/index.mjs';

/** @typedef {(name: string) => string} Secrets a secret by its name, made when it is asked for first */

/** Users of ours, with a process each. */
export const SERVICE_USERS = Object.keys(NATS_USERS).filter((user) => !NATS_USERS[user]?.outside);
export { OPS, REDIS_OPS };
/** Which seal secrets, or make public ids of them, with DECKWATCH_SECRET_KEY; the others don't get it. */
export const KEY_HOLDERS = ['alerts', 'gateway', 'sessions'];

/**
 * A user's password at a broker.
 * @param {Secrets} secrets
 * @param {'nats' | 'redis'} broker
 * @param {string} user
 */
export const passwordOf = (secrets, broker, user) => secrets(`${broker}-${user}`);

/** @param {{ host: string, port: number, storeDir: string, secrets: Secrets }} values */
export function natsConfig({ host, port, storeDir, secrets }) {
  const users = natsAuthorization((user) => passwordOf(secrets, 'nats', user));
  return fillTemplate('nats.conf.template', { host, port, storeDir: escape(storeDir), users });
}

/** The file holds hashes, so that whoever reads it has no password. @param {{ host: string, port: number, dir: string, secrets: Secrets }} values */
export function redisConfig({ host, port, dir, secrets }) {
  const hashOf = (/** @type {string} */ user) =>
    `#${createHash('sha256')
      .update(passwordOf(secrets, 'redis', user))
      .digest('hex')}`;
  return fillTemplate('redis.conf.template', { host, port, dir: escape(dir), users: redisAcl(hashOf) });
}

/**
 * What a service needs to reach the brokers, and no more: one that has no business with Redis gets no way to it.
 * @param {string} service
 * @param {{ secrets: Secrets, nats?: string, redis?: string }} brokers addresses `host:port` of brokers of ours
 * @returns {{ NATS_URL?: string, NATS_INBOX_PREFIX?: string, REDIS_URL?: string }}
 */
export function brokerSettings(service, { secrets, nats, redis }) {
  const url = (/** @type {'nats' | 'redis'} */ broker, /** @type {string} */ at) =>
    `${broker}://${service}:${passwordOf(secrets, broker, service)}@${at}`;
  return {
    ...(nats && { NATS_URL: url('nats', nats), NATS_INBOX_PREFIX: inboxPrefix(service) }),
    ...(redis && service in REDIS_USERS && { REDIS_URL: url('redis', redis) }),
  };
}

/** Whether a service keeps something in Redis. @param {string} service */
export const needsRedis = (service) => service in REDIS_USERS;

/**
 * @param {string} name
 * @param {Record<string, string | number>} values
 */
function fillTemplate(name, values) {
  const template = readFileSync(fileURLToPath(new URL(name, import.meta.url)), 'utf8');
  return template.replace(/\{\{(\w+)\}\}/g, (_all, key) => String(values[key] ?? ''));
}

/** @param {string} path */
const escape = (path) => path.replace(/(["\\])/g, '\\$1');
