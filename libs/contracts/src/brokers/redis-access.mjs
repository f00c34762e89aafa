// Who may touch what in Deckwatch's own Redis: the one source, as nats-access.mjs is for NATS. The applications' own
// Redis servers, which sessions may follow, have their own accounts and nothing to do with this.

/** Looks after it; the user `default` is off. */
export const REDIS_OPS = 'ops';

/** Keys of each user. @type {Record<string, string>} */
export const REDIS_USERS = {
  sessions: 'deckwatch:{sessions}:*',
  // BullMQ's queues, one a channel.
  alerts: 'deckwatch:notify-*',
};

/**
 * Reading and writing one's own keys, by commands and scripts; nothing that concerns the server, other clients or
 * other keys. SCAN, RANDOMKEY and DBSIZE tell of keys whatever their names.
 */
const COMMANDS =
  '-@all +@read +@write +@connection +@transaction -@dangerous -@admin -scan -randomkey -dbsize +info +eval +evalsha +script|load';

/**
 * A user's rules as Redis' ACL reads them, all but the password.
 * @param {string} user
 */
export function redisRules(user) {
  return user === REDIS_OPS ? 'on ~* &* +@all' : `on ~${REDIS_USERS[user]} resetchannels ${COMMANDS}`;
}

/**
 * The `user` lines of a redis-server's configuration.
 * @param {(user: string) => string} credentialOf `>password`, or `#` and its SHA-256 in hex
 */
export function redisAcl(credentialOf) {
  const users = [...Object.keys(REDIS_USERS), REDIS_OPS];
  return ['user default off', ...users.map((user) => `user ${user} ${credentialOf(user)} ${redisRules(user)}`)]
    .map((line) => `${line}\n`)
    .join('');
}
