import { inboxPrefix, natsAuthorization, OPS, REDIS_USERS, redisAcl } from '@deckwatch/contracts/brokers';

export type BrokerUser =
  'collector' | 'sessions' | 'alerts' | 'history' | 'gateway' | 'demo' | 'reader' | 'app' | 'guest' | 'ops';

const passwordOf = (user: string): string => `password-of-${user}`;

/** Users as an installation has them. Whoever comes without credentials may do everything, as tests do. */
export const NATS_TEST_USERS = natsAuthorization(passwordOf, OPS);

/** The `user` lines of redis.conf, as arguments of the server; `default` keeps every right, for tests. */
export const REDIS_TEST_USERS: readonly string[] = redisAcl((user) => `>${passwordOf(user)}`)
  .trim()
  .split('\n')
  .filter((line) => !line.startsWith('user default'))
  .flatMap((line) => ['--user', ...line.split(' ').slice(1)]);

/** How a user reaches a broker that the tests started. */
export function brokerUser(broker: { url: string }, user: BrokerUser): { url: string; inboxPrefix: string } {
  // A server in a container has no users.
  if (!knowsUsers.has(broker.url)) return { url: broker.url, inboxPrefix: '_INBOX' };
  // Of a cluster's servers the first names the user.
  return { url: broker.url.replace('://', `://${user}:${passwordOf(user)}@`), inboxPrefix: inboxPrefix(user) };
}

const knowsUsers = new Set<string>();

/** The server with that URL was started with users. */
export function noteUsers(url: string): void {
  knowsUsers.add(url);
}

/** The settings by which a service in a process of its own comes with its own users. */
export function brokerSettings(
  service: BrokerUser,
  brokers: { nats: { url: string }; redis?: { url: string } },
): Record<string, string> {
  const nats = brokerUser(brokers.nats, service);
  return {
    NATS_URL: nats.url,
    NATS_INBOX_PREFIX: nats.inboxPrefix,
    ...(brokers.redis && service in REDIS_USERS && { REDIS_URL: brokerUser(brokers.redis, service).url }),
  };
}
