// @ts-check
// Reads the settings before anything is installed or started, so that a wrong one is told at once.
import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { resolve } from 'node:path';

/** A wrong setting: one line with the variable, the value's fault and what is allowed. */
export class SettingsError extends Error {}

/** @typedef {(value: string) => string | null} Check answers what is allowed when the value is wrong, else null */

/** @type {(min: number, max: number) => Check} */
const integer = (min, max) => (value) =>
  /^\d+$/.test(value) && Number(value) >= min && Number(value) <= max ? null : `a whole number from ${min} to ${max}`;
/** @type {(...words: string[]) => Check} */
const oneOf =
  (...words) =>
  (value) =>
    words.includes(value) ? null : `one of ${words.join(', ')}`;
/** @type {(protocols: string[], example: string) => Check} */
const url = (protocols, example) => (value) =>
  value.split(',').every((part) => isUrl(part.trim(), protocols))
    ? null
    : `${protocols.join(' or ')} URLs such as ${example}`;
/** @type {Check} */
const anything = () => null;

/**
 * @param {string} text
 * @param {string[]} protocols
 */
function isUrl(text, protocols) {
  const parsed = URL.parse ? URL.parse(text) : tryUrl(text);
  return parsed !== null && protocols.includes(parsed.protocol.slice(0, -1));
}

/** @param {string} text */
function tryUrl(text) {
  try {
    return new URL(text);
  } catch {
    return null;
  }
}

/** @type {Check} */
const address = (value) =>
  isIP(value) !== 0 || /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/i.test(value) ? null : 'an IP address or a host name';
/** @type {Check} */
const origins = (value) =>
  value.split(',').every((part) => isUrl(part.trim(), ['http', 'https']) && new URL(part.trim()).origin === part.trim())
    ? null
    : 'origins such as https://watch.example.org, comma separated';
/** @type {Check} */
const key = (value) =>
  /^[A-Za-z0-9+/]+={0,2}$/.test(value) && Buffer.from(value, 'base64').length === 32
    ? null
    : '32 bytes in base64, as `openssl rand -base64 32` prints';

/** Every setting that is known here; the services check their own again. @type {Record<string, Check>} */
const CHECKS = {
  DECKWATCH_PORT: integer(1, 65_535),
  DECKWATCH_HOST: address,
  DECKWATCH_DATA: anything,
  DECKWATCH_DEMO: oneOf('auto', 'on', 'off'),
  DECKWATCH_DEMO_CONTAINERS: integer(1, 5000),
  DECKWATCH_LOG_LEVEL: oneOf('debug', 'info', 'warn', 'error'),
  DECKWATCH_INTERVAL_MS: integer(250, 60_000),
  DECKWATCH_SOURCE: oneOf('auto', 'docker', 'kubelet'),
  DECKWATCH_READER: oneOf('auto', 'cgroup', 'engine'),
  DECKWATCH_PUBLIC_ORIGINS: origins,
  DECKWATCH_SECRET_KEY: key,
  DOCKER_HOST: url(['unix', 'tcp', 'http', 'https'], 'unix:///var/run/docker.sock'),
  NATS_URL: url(['nats', 'tls'], 'nats://127.0.0.1:4222'),
  REDIS_URL: url(['redis', 'rediss'], 'redis://127.0.0.1:6379'),
};
const SECRET = new Set(['DECKWATCH_SECRET_KEY', 'NATS_URL', 'REDIS_URL']);

/**
 * @typedef {object} Settings
 * @property {number} port the gateway's
 * @property {string} host the gateway's address
 * @property {string} data absolute path of the local state
 * @property {'auto' | 'on' | 'off'} demo
 * @property {number | undefined} demoContainers
 * @property {string | undefined} natsUrl an outside broker
 * @property {string | undefined} redisUrl
 * @property {string | undefined} secretKey
 * @property {string} dockerHost
 */

/**
 * @param {NodeJS.ProcessEnv} env
 * @param {string} root what a relative DECKWATCH_DATA is relative to
 * @returns {Settings}
 * @throws {SettingsError}
 */
export function readSettings(env, root) {
  /** @type {Record<string, string | undefined>} */
  const values = {};
  for (const name of Object.keys(CHECKS)) values[name] = checked(name, env);
  const outside = ['NATS_URL', 'REDIS_URL'].find((name) => values[name]);
  if (outside && !values['DECKWATCH_SECRET_KEY']) {
    throw new SettingsError(
      `DECKWATCH_SECRET_KEY is missing: with an outside broker (${outside}) allowed: 32 bytes in base64, as \`openssl rand -base64 32\` prints; keep it`,
    );
  }
  const demoContainers = values['DECKWATCH_DEMO_CONTAINERS'];
  return {
    port: Number(values['DECKWATCH_PORT'] ?? 8080),
    host: values['DECKWATCH_HOST'] ?? '127.0.0.1',
    data: resolve(root, values['DECKWATCH_DATA'] ?? '.deckwatch'),
    demo: /** @type {Settings['demo']} */ (values['DECKWATCH_DEMO'] ?? 'auto'),
    demoContainers: demoContainers === undefined ? undefined : Number(demoContainers),
    natsUrl: values['NATS_URL'],
    redisUrl: values['REDIS_URL'],
    secretKey: values['DECKWATCH_SECRET_KEY'],
    dockerHost: values['DOCKER_HOST'] ?? 'unix:///var/run/docker.sock',
  };
}

/**
 * @param {string} name
 * @param {NodeJS.ProcessEnv} env
 */
function checked(name, env) {
  const value = given(name, env);
  if (value === undefined) return undefined;
  const allowed = CHECKS[name]?.(value) ?? null;
  if (allowed === null) return value;
  throw new SettingsError(
    `${name} ${SECRET.has(name) ? 'has a wrong value' : `is "${value.slice(0, 80)}"`}: allowed: ${allowed}`,
  );
}

/**
 * A setting as given by itself, else by the file that NAME_FILE names; empty counts as not given.
 * @param {string} name
 * @param {NodeJS.ProcessEnv} env
 */
export function given(name, env) {
  if (env[name]) return env[name];
  const file = env[`${name}_FILE`];
  if (!file) return undefined;
  try {
    return readFileSync(file, 'utf8').trim() || undefined;
  } catch (error) {
    const reason = /** @type {NodeJS.ErrnoException} */ (error).code ?? 'unreadable';
    throw new SettingsError(`${name}_FILE: cannot read "${file}" (${reason}); allowed: the path of a readable file`);
  }
}
