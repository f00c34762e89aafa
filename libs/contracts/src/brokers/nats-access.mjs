// Who may say and hear what on NATS: this table is the one source. The launcher, docker-compose and Kubernetes make
// their broker's configuration from it, services learn from it which streams they bring up, tests run on it.
// Plain JavaScript without imports, because the launcher reads it before anything is installed.

/**
 * @typedef {'read' | 'purge' | 'own'} StreamAccess `purge`: also writes and empties subjects; `own`: also its shape
 * @typedef {'read' | 'write'} BucketAccess
 */
/**
 * What one user does. Beside it stands what all of them need: answers to their own requests, and JetStream's words for
 * the streams and buckets that they use.
 * @typedef {object} NatsUser
 * @property {string[]} [publish] what it tells and asks
 * @property {string[]} [subscribe] what it hears and serves
 * @property {string[]} [unheard] of that, what it does not hear all the same
 * @property {string[]} [answers] users whose requests it answers
 * @property {Record<string, StreamAccess>} [streams]
 * @property {Record<string, BucketAccess>} [buckets]
 * @property {true} [outside] not ours: it brings up no stream
 */

const INGEST = 'deckwatch.ingest.sessions.*';
/** `npm start -- creds`, those who look after the broker, whoever comes without credentials. */
export const READER = 'reader';
export const OPS = 'ops';
export const GUEST = 'guest';

/** @type {Record<string, NatsUser>} */
export const NATS_USERS = {
  collector: {
    publish: [
      'deckwatch.stats.>',
      'deckwatch.hosts.*',
      'deckwatch.containers.*.*',
      'deckwatch.lastwords.*.*',
      'deckwatch.services.collector.*',
    ],
    subscribe: ['deckwatch.rpc.collector.*.*'],
    answers: ['gateway', OPS],
    streams: { CONTAINERS: 'own', LAST_WORDS: 'own' },
    buckets: { deckwatch_hosts: 'write' },
  },
  sessions: {
    // A session is ended by whichever instance follows its source.
    publish: ['deckwatch.sessions.*.*', 'deckwatch.services.sessions.*', 'deckwatch.rpc.sessions.*.revoke'],
    subscribe: [INGEST, 'deckwatch.rpc.sessions.>'],
    answers: ['gateway', 'alerts', 'sessions', 'app', OPS],
    streams: { SESSIONS: 'own' },
  },
  alerts: {
    publish: [
      'deckwatch.alerts.*.*',
      'deckwatch.services.alerts.*',
      // What a rule would have done is asked of what was; how many sessions there are, of who counts them.
      'deckwatch.rpc.history.recent',
      'deckwatch.rpc.sessions.count',
      // Whether the instance that holds the lease is still there.
      'deckwatch.rpc.alerts.lease.*',
    ],
    subscribe: [
      'deckwatch.stats.*',
      'deckwatch.hosts.*',
      'deckwatch.lastwords.*.*',
      'deckwatch.rpc.alerts.*',
      'deckwatch.rpc.alerts.lease.*',
    ],
    answers: ['gateway', 'alerts', OPS],
    streams: { ALERTS: 'own', CONTAINERS: 'read', LAST_WORDS: 'read', SESSIONS: 'read' },
    buckets: {
      deckwatch_rules: 'write',
      deckwatch_channels: 'write',
      deckwatch_silences: 'write',
      deckwatch_deliveries: 'write',
      deckwatch_leases: 'write',
      deckwatch_alert_counts: 'write',
      deckwatch_hosts: 'read',
    },
  },
  history: {
    publish: ['deckwatch.services.history.*'],
    subscribe: ['deckwatch.stats.*', 'deckwatch.rpc.history.*'],
    answers: ['gateway', 'alerts', OPS],
  },
  gateway: {
    publish: [
      'deckwatch.services.gateway.*',
      'deckwatch.gateway.forget-host',
      // Its own signed-in consoles are sessions of the app `deckwatch`.
      'deckwatch.ingest.sessions.deckwatch',
      'deckwatch.rpc.collector.*.*',
      'deckwatch.rpc.sessions.*',
      'deckwatch.rpc.alerts.*',
      'deckwatch.rpc.history.*',
      'deckwatch.rpc.demo.stop',
      'deckwatch.audit.>',
      // A host that is forgotten: its containers are told `removed`.
      'deckwatch.containers.*.*',
    ],
    subscribe: ['deckwatch.stats.>', 'deckwatch.hosts.*', 'deckwatch.services.*.*', 'deckwatch.gateway.forget-host'],
    streams: { AUDIT: 'own', CONTAINERS: 'purge', SESSIONS: 'read', ALERTS: 'read', LAST_WORDS: 'read' },
    buckets: {
      deckwatch_users: 'write',
      deckwatch_signing_keys: 'write',
      deckwatch_logins: 'write',
      deckwatch_tokens: 'write',
      deckwatch_flags: 'write',
      deckwatch_hosts: 'write',
    },
  },
  demo: { publish: [INGEST], subscribe: ['deckwatch.rpc.demo.*'], answers: ['gateway', OPS] },
  [READER]: {
    outside: true,
    subscribe: ['deckwatch.>'],
    // Requests may hold secrets; what the services say among themselves is not announced to anybody.
    unheard: [
      'deckwatch.rpc.>',
      'deckwatch.ingest.>',
      'deckwatch.audit.>',
      'deckwatch.gateway.>',
      'deckwatch.services.>',
      // Lines of logs, masked by guess only.
      'deckwatch.lastwords.>',
    ],
    streams: { CONTAINERS: 'read', SESSIONS: 'read', ALERTS: 'read' },
    buckets: { deckwatch_flags: 'read' },
  },
  /** An application that tells of its own sessions, and hears the answers. */
  app: { outside: true, publish: [INGEST] },
  [GUEST]: { outside: true, subscribe: ['deckwatch.stats.>', 'deckwatch.hosts.>'] },
};

/** Durable consumers belong to one user; the others neither take messages from them nor replace them. */
const DURABLES = { 'alerts-notifier': { stream: 'ALERTS', owner: 'alerts' } };

/**
 * Where a user's answers come in. Whoever hears `_INBOX.>` hears everybody's answers, so each has a prefix of its own.
 * @param {string} user
 */
export const inboxPrefix = (user) => `_INBOX_${user}`;

/**
 * The streams and buckets that a user keeps or reads; `own` and `write`: it also brings them to their shape.
 * @param {string} user
 * @returns {{ streams: Record<string, StreamAccess>, buckets: Record<string, BucketAccess> }}
 */
export function storageOf(user) {
  const { streams = {}, buckets = {} } = NATS_USERS[user] ?? {};
  return { streams, buckets };
}

/**
 * A user's permissions as nats-server reads them; undefined: it may do everything.
 * @param {string} user
 * @returns {{ publish: { allow?: string[], deny?: string[] }, subscribe: { allow?: string[], deny?: string[] } } | undefined}
 */
export function natsPermissions(user) {
  if (user === OPS) return undefined;
  const { subscribe = [], unheard = [] } = NATS_USERS[user] ?? {};
  const allowed = publishes(user);
  const protectedOnes = allowed.length > 0 ? othersDurables(user) : [];
  const asks = allowed.length > 0;
  return {
    publish: asks ? { allow: allowed, ...(protectedOnes.length > 0 && { deny: protectedOnes }) } : { deny: ['>'] },
    subscribe: {
      allow: [...subscribe, ...(asks ? [`${inboxPrefix(user)}.>`] : [])],
      ...(unheard.length > 0 && { deny: unheard }),
    },
  };
}

/**
 * The users block of a nats-server's configuration.
 * @param {(user: string) => string} passwordOf
 * @param {string} [unknown] who a client without credentials is
 */
export function natsAuthorization(passwordOf, unknown = GUEST) {
  const line = (/** @type {string} */ user) => {
    const permissions = natsPermissions(user);
    return `    ${JSON.stringify({ user, password: passwordOf(user), ...(permissions && { permissions }) })}`;
  };
  const users = [...Object.keys(NATS_USERS), OPS].map(line);
  return `authorization {\n  users: [\n${users.join('\n')}\n  ]\n}\nno_auth_user: ${unknown}\n`;
}

/** @param {string} user */
function publishes(user) {
  const { publish = [], answers = [], streams = {}, buckets = {}, outside = false } = NATS_USERS[user] ?? {};
  const ofStreams = Object.entries(streams).flatMap(([stream, access]) => streamSubjects(stream, access, outside));
  const ofBuckets = Object.entries(buckets).flatMap(([bucket, access]) => [
    ...streamSubjects(`KV_${bucket}`, 'read', outside),
    ...(access === 'write' ? [`$KV.${bucket}.>`, `$JS.API.STREAM.UPDATE.KV_${bucket}`] : []),
  ]);
  const account = ofStreams.length + ofBuckets.length > 0 ? ['$JS.API.INFO'] : [];
  return [
    ...publish,
    ...answers.map((asker) => `${inboxPrefix(asker)}.>`),
    ...account,
    ...(outside ? ['$JS.API.STREAM.NAMES', '$JS.API.STREAM.LIST'].filter(() => account.length > 0) : []),
    ...ofStreams,
    ...ofBuckets,
    ...durableSubjects(user),
  ];
}

/**
 * JetStream's requests for a stream: looking at it, getting a message, a consumer of one's own.
 * @param {string} stream
 * @param {StreamAccess} access
 * @param {boolean} outside
 */
function streamSubjects(stream, access, outside) {
  const acts = [
    ...['STREAM.INFO', 'STREAM.MSG.GET', 'DIRECT.GET', 'CONSUMER.CREATE'].map((act) => `${act}.${stream}`),
    ...['DIRECT.GET', 'CONSUMER.CREATE', 'CONSUMER.INFO', 'CONSUMER.MSG.NEXT'].map((act) => `${act}.${stream}.>`),
    ...(outside
      ? [`CONSUMER.NAMES.${stream}`, `CONSUMER.LIST.${stream}`]
      : // Whoever uses a stream may be the first to start, and brings it up.
        [`STREAM.CREATE.${stream}`, `CONSUMER.DELETE.${stream}.*`]),
    ...(access === 'read' ? [] : [`STREAM.PURGE.${stream}`]),
    ...(access === 'own' ? [`STREAM.UPDATE.${stream}`] : []),
  ];
  return [...acts.map((act) => `$JS.API.${act}`), `$JS.FC.${stream}.>`];
}

/** @param {string} user */
function durableSubjects(user) {
  return Object.entries(DURABLES)
    .filter(([, { owner }]) => owner === user)
    .flatMap(([name, { stream }]) => [
      `$JS.API.CONSUMER.DURABLE.CREATE.${stream}.${name}`,
      `$JS.ACK.${stream}.${name}.>`,
    ]);
}

/** @param {string} user */
function othersDurables(user) {
  return Object.entries(DURABLES)
    .filter(([, { owner }]) => owner !== user)
    .filter(([, { stream }]) => stream in (NATS_USERS[user]?.streams ?? {}))
    .flatMap(([name, { stream }]) =>
      ['CREATE', 'INFO', 'DELETE', 'MSG.NEXT'].flatMap((act) =>
        ['', '.>'].map((rest) => `$JS.API.CONSUMER.${act}.${stream}.${name}${rest}`),
      ),
    );
}
