// @ts-check
// Makes what is secret and what the brokers read. Runs once before the others in docker-compose.yml, on the volume that
// they share; for Kubernetes by hand: node deploy/images/setup.mjs k8s/overlays/single/secrets
// What is there already stays.
import { resolve } from 'node:path';
import { LocalState } from '../local/local-state.mjs';
import { natsConfig, redisConfig } from '../local/brokers.mjs';

const state = new LocalState(resolve(process.argv[2] ?? '/volumes/secrets'));
const nats = state.secret('nats-services');
const redis = state.secret('redis');
const passwords = {
  password: nats,
  readerPassword: state.secret('nats-reader'),
  guestPassword: state.secret('nats-guest'),
};
// Only the network of the composition reaches these addresses.
state.write(
  state.path('nats.conf'),
  natsConfig({ host: '0.0.0.0', port: 4222, storeDir: '/volumes/nats', ...passwords }),
);
state.write(
  state.path('redis.conf'),
  redisConfig({ host: '0.0.0.0', port: 6379, dir: '/volumes/redis', password: redis }),
);
// The gateway stands on the host's network until there are accounts, so it reaches the broker by loopback.
for (const [name, host] of Object.entries({ 'nats-url': 'nats', 'nats-url-loopback': '127.0.0.1' })) {
  state.write(state.path(name), `nats://deckwatch:${nats}@${host}:4222\n`);
}
state.write(state.path('redis-url'), `redis://:${redis}@redis:6379\n`);
state.secret('key', 'base64');
process.stdout.write('secrets and broker configuration are there\n');
