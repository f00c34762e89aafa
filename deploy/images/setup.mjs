// @ts-check
// Makes what is secret and what the brokers read. Runs once before the others in docker-compose.yml; for Kubernetes by
// hand: node deploy/images/setup.mjs k8s/overlays/single/secrets
// What is there already stays. Below the folder: `ops` holds everything and is nobody's to mount; `nats` and `redis`
// hold a broker's configuration; each service has a folder with what it needs and no more.
import { join, resolve } from 'node:path';
import { brokerSettings, KEY_HOLDERS, natsConfig, redisConfig, SERVICE_USERS } from '../brokers/configuration.mjs';
import { LocalState } from '../local/local-state.mjs';

const root = resolve(process.argv[2] ?? '/volumes/secrets');
const ops = new LocalState(join(root, 'ops'));
const { secrets } = ops;
const write = (/** @type {string} */ user, /** @type {string} */ name, /** @type {string} */ text) => {
  const state = new LocalState(join(root, user));
  state.write(state.path(name), text);
};

// Only the network of the composition reaches these addresses.
write('nats', 'nats.conf', natsConfig({ host: '0.0.0.0', port: 4222, storeDir: '/volumes/nats', secrets }));
write('redis', 'redis.conf', redisConfig({ host: '0.0.0.0', port: 6379, dir: '/volumes/redis', secrets }));
const key = ops.secret('key', 'base64');
for (const service of SERVICE_USERS) {
  const { NATS_URL, REDIS_URL } = brokerSettings(service, { secrets, nats: 'nats:4222', redis: 'redis:6379' });
  write(service, 'nats-url', `${NATS_URL}\n`);
  if (REDIS_URL) write(service, 'redis-url', `${REDIS_URL}\n`);
  if (KEY_HOLDERS.includes(service)) write(service, 'key', `${key}\n`);
}
// In docker-compose the gateway stands on the host's network, so it reaches the broker by loopback.
const { NATS_URL } = brokerSettings('gateway', { secrets, nats: '127.0.0.1:4222' });
write('gateway', 'nats-url-loopback', `${NATS_URL}\n`);
process.stdout.write('secrets and broker configuration are there\n');
