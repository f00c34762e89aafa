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

/**
 * @typedef {object} NatsShape
 * @property {string} host
 * @property {number} port
 * @property {string} storeDir
 * @property {Secrets} secrets
 * @property {string} [monitor] `host:port` of health and figures; default: none
 * @property {{ cert: string, key: string }} [tls] paths; clients are then let in by TLS alone
 * @property {string[]} [cluster] `host:port` of all servers of a cluster, each of which takes its name from POD_NAME
 */
/** @param {NatsShape} shape */
export function natsConfig({ host, port, storeDir, secrets, monitor, tls, cluster }) {
  const users = natsAuthorization((user) => passwordOf(secrets, 'nats', user));
  const more = [
    monitor && `http: ${JSON.stringify(monitor)}`,
    tls && `tls { cert_file: ${JSON.stringify(tls.cert)}, key_file: ${JSON.stringify(tls.key)} }`,
    cluster && clusterBlock(cluster, passwordOf(secrets, 'nats', 'cluster')),
  ].filter(Boolean);
  const serverName = cluster ? '$POD_NAME' : 'deckwatch-local';
  const values = { host, port, storeDir: escape(storeDir), users, serverName };
  return fillTemplate('nats.conf.template', { ...values, more: more.map((line) => `${line}\n`).join('') });
}

/**
 * A server that is cut off is missed as soon as services miss it (6 s). Until then requests are still handed on to it, and
 * by the usual two minutes a part of them would find nobody for that long.
 * @param {string[]} servers
 * @param {string} password
 */
function clusterBlock(servers, password) {
  const routes = servers.map((server) => JSON.stringify(`nats://cluster:${password}@${server}`)).join(', ');
  const login = `authorization { user: cluster, password: ${JSON.stringify(password)} }`;
  const pings = 'ping_interval: "2s"\nping_max: 2';
  return `${pings}\ncluster {\n  name: deckwatch\n  listen: "0.0.0.0:6222"\n  ${login}\n  routes: [${routes}]\n}`;
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
 * @param {{ secrets: Secrets, nats?: string, redis?: string, tls?: boolean }} brokers addresses `host:port` of brokers of
 *   ours, several servers of NATS comma separated; `tls`: NATS speaks TLS
 * @returns {{ NATS_URL?: string, NATS_INBOX_PREFIX?: string, REDIS_URL?: string }}
 */
export function brokerSettings(service, { secrets, nats, redis, tls = false }) {
  const login = (/** @type {'nats' | 'redis'} */ broker) => `${service}:${passwordOf(secrets, broker, service)}`;
  const scheme = tls ? 'tls' : 'nats';
  const natsUrl = () => `${scheme}://${login('nats')}@${nats?.split(',').join(`,${scheme}://`)}`;
  return {
    ...(nats && { NATS_URL: natsUrl(), NATS_INBOX_PREFIX: inboxPrefix(service) }),
    ...(redis && service in REDIS_USERS && { REDIS_URL: `redis://${login('redis')}@${redis}` }),
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
