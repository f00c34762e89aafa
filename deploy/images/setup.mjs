// @ts-check
// Makes what is secret and what the brokers read. Runs once before the others in docker-compose.yml; for Kubernetes by
// hand:
//   node deploy/images/setup.mjs k8s/overlays/single/secrets
//   REDIS_URL=rediss://… node deploy/images/setup.mjs k8s/overlays/ha/secrets --nats-servers 3
//   … --collector-url nats.example:4222    prints NATS_URL for a collector on a further host, and makes nothing else
// Secrets that are there stay. Below the folder: `ops` holds everything and is nobody's to mount; `nats` and `redis`
// hold a broker's configuration; each service has a folder with what it needs and no more.
//   REDIS_URL                 a Redis of yours: none is configured
//   DECKWATCH_ADMIN_PASSWORD  of the first admin; default: a generated one
//   DECKWATCH_NATS_TLS=on     NATS lets clients in by TLS alone, with /certs/nats.pem and /certs/nats-key.pem
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { brokerSettings, KEY_HOLDERS, natsConfig, redisConfig, SERVICE_USERS } from '../brokers/configuration.mjs';
import { LocalState } from '../local/local-state.mjs';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { 'nats-servers': { type: 'string', default: '1' }, 'collector-url': { type: 'string' } },
});
const { REDIS_URL: ownRedis, DECKWATCH_ADMIN_PASSWORD: wantedPassword, DECKWATCH_NATS_TLS } = process.env;
const count = Number(values['nats-servers']);
if (![1, 3, 5].includes(count)) fail('--nats-servers: allowed: 1, 3, 5');
const root = resolve(positionals[0] ?? '/volumes/secrets');
const ops = new LocalState(join(root, 'ops'));
const { secrets } = ops;
const tls = DECKWATCH_NATS_TLS === 'on';

if (values['collector-url']) {
  const { NATS_URL } = brokerSettings('collector', { secrets, nats: values['collector-url'], tls });
  process.stdout.write(`${NATS_URL}\n`);
} else {
  writeBrokers();
  // The simulated fleet belongs to `npm start`.
  for (const service of SERVICE_USERS.filter((user) => user !== 'demo')) writeService(service);
  writeAdminPassword();
  process.stdout.write('secrets and broker configuration are there\n');
}

/** @param {string} message */
function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}

/** Of a cluster each server is a pod of the StatefulSet `nats`. @param {number} port */
function natsServers(port) {
  if (count === 1) return [`nats:${port}`];
  return Array.from({ length: count }, (_, index) => `nats-${index}.nats:${port}`);
}

/**
 * @param {string} user
 * @param {string} name
 * @param {string} text
 */
function write(user, name, text) {
  const state = new LocalState(join(root, user));
  state.write(state.path(name), text);
}

/** Only the network of the composition or the cluster reaches these addresses. */
function writeBrokers() {
  const shape = {
    host: '0.0.0.0',
    port: 4222,
    monitor: '0.0.0.0:8222',
    storeDir: '/volumes/nats',
    secrets,
    ...(tls && { tls: { cert: '/certs/nats.pem', key: '/certs/nats-key.pem' } }),
    ...(count > 1 && { cluster: natsServers(6222) }),
  };
  write('nats', 'nats.conf', natsConfig(shape));
  if (!ownRedis)
    write('redis', 'redis.conf', redisConfig({ host: '0.0.0.0', port: 6379, dir: '/volumes/redis', secrets }));
}

/** @param {string} service */
function writeService(service) {
  const brokers = { secrets, nats: natsServers(4222).join(','), redis: 'redis:6379', tls };
  const { NATS_URL, REDIS_URL } = brokerSettings(service, brokers);
  write(service, 'nats-url', `${NATS_URL}\n`);
  if (REDIS_URL) write(service, 'redis-url', `${ownRedis ?? REDIS_URL}\n`);
  if (KEY_HOLDERS.includes(service)) write(service, 'key', `${ops.secret('key', 'base64')}\n`);
}

function writeAdminPassword() {
  const file = ops.path('secrets', 'admin-password');
  if (wantedPassword && !existsSync(file)) {
    ops.makeFolder('secrets');
    ops.write(file, `${wantedPassword}\n`);
  }
  write('gateway', 'admin-password', `${ops.secret('admin-password')}\n`);
}
