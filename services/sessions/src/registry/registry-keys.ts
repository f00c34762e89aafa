/**
 * All keys carry one hash tag, so that on a Redis cluster they share a slot: a script may then touch them all, and the
 * outbox keeps one order over all apps. One slot bears some ten thousand changes a second.
 *
 * `session:<app>:<id>` hash: a live session, or what is remembered of an ended one (field `e`)
 * `seen:<app>`, `made:<app>` sorted sets of ids by last seen and by creation
 * `users:<app>` sorted set, all of score 0, of `<user>\0<id>`: in the order of users
 * `due` sorted set of `<app> <id>` by when something is due: expiry, a late `updated`, forgetting
 * `counts` hash of active sessions by app; `apps` sorted set of apps by their last change
 * `told` hash of counts by app that a source only counts
 * `sources` hash of how each source stands, as the instance says that follows it
 * `held` hash of apps by the name of the source that holds their sessions
 * `outbox` stream of events not yet moved to the broker; `outbox-id` names it; `lease:<work>` who does what
 */
export const KEY_PREFIX = 'deckwatch:{sessions}:';

export const keys = {
  due: `${KEY_PREFIX}due`,
  counts: `${KEY_PREFIX}counts`,
  told: `${KEY_PREFIX}told`,
  apps: `${KEY_PREFIX}apps`,
  sources: `${KEY_PREFIX}sources`,
  held: `${KEY_PREFIX}held`,
  outbox: `${KEY_PREFIX}outbox`,
  outboxId: `${KEY_PREFIX}outbox-id`,
  session: (app: string, id: string) => `${KEY_PREFIX}session:${app}:${id}`,
  seen: (app: string) => `${KEY_PREFIX}seen:${app}`,
  made: (app: string) => `${KEY_PREFIX}made:${app}`,
  users: (app: string) => `${KEY_PREFIX}users:${app}`,
  lease: (work: string) => `${KEY_PREFIX}lease:${work}`,
} as const;

/** A user as it begins an entry of `users:<app>`: nobody comes first, and no user's entries lie between another's. */
export function userPrefix(user: string | null): string {
  return user === null ? '0' : `1${user.replaceAll('\0', '\u0001')}`;
}
