/**
 * NATS subjects, built and parsed in this one place. Names of hosts, apps and rules become one subject token each;
 * ids are used as they are. Nothing that a user typed reaches a subject in another way.
 */

/** A name as a subject token: lower case, every character outside `a-z0-9-_` written as `_`. */
export function token(name: string): string {
  const lowered = name.toLowerCase().replace(/[^a-z0-9\-_]/g, '_');
  return lowered === '' ? '_' : lowered;
}

/** The short id of a container: the first 12 hex digits. */
export function shortId(id: string): string {
  return id.slice(0, 12);
}

/** The key of a container in topics, lists and selectors: `<host>.<id>`. */
export function containerKey(host: string, id: string): string {
  return `${host}.${id}`;
}

/** A target's key as part of a subject and of an alert's id: `.` written as `-`, whatever is not URL-safe as `_`. */
export function targetId(key: string): string {
  return key.replace(/\./g, '-').replace(/[^A-Za-z0-9\-_]/g, '_');
}

export const subjects = {
  /** One message a sweep with all containers of a host. */
  stats: (host: string) => `deckwatch.stats.${host}`,
  /** One container's sample alone. */
  containerStats: (host: string, id: string) => `deckwatch.stats.${host}.${id}`,
  host: (host: string) => `deckwatch.hosts.${host}`,
  container: (host: string, id: string) => `deckwatch.containers.${host}.${id}`,
  /** How a container stood when it died, ran out of memory or became unhealthy. */
  lastWords: (host: string, id: string) => `deckwatch.lastwords.${host}.${id}`,
  session: (app: string, event: string) => `deckwatch.sessions.${app}.${event}`,
  ingestSessions: (app: string) => `deckwatch.ingest.sessions.${app}`,
  alert: (ruleId: string, target: string) => `deckwatch.alerts.${token(ruleId)}.${targetId(target)}`,
  rpc: (service: string, method: string) => `deckwatch.rpc.${service}.${method}`,
  collectorRpc: (host: string, method: string) => `deckwatch.rpc.collector.${host}.${method}`,
  /** What a service says of itself every two seconds. */
  service: (service: string, instance: string) => `deckwatch.services.${service}.${token(instance)}`,
  /** Told on core NATS as `{host}`, so that every gateway forgets a host. */
  hostForgotten: 'deckwatch.gateway.forget-host',
} as const;

/** Subscriptions that take in all subjects of a kind. */
export const filters = {
  allStats: 'deckwatch.stats.*',
  allContainerStats: 'deckwatch.stats.*.*',
  allHosts: 'deckwatch.hosts.*',
  allContainers: 'deckwatch.containers.>',
  containersOf: (host: string) => `deckwatch.containers.${host}.*`,
  allLastWords: 'deckwatch.lastwords.*.*',
  allSessions: 'deckwatch.sessions.>',
  ingestSessions: 'deckwatch.ingest.sessions.*',
  allAlerts: 'deckwatch.alerts.>',
  alertsOf: (ruleId: string) => `deckwatch.alerts.${token(ruleId)}.*`,
  allServices: 'deckwatch.services.*.*',
} as const;

/** The tokens after `deckwatch.<kind>.`, or undefined when the subject is of another kind or length. */
export function parseSubject(subject: string, kind: string, count: number): string[] | undefined {
  const tokens = subject.split('.');
  if (tokens.length !== count + 2 || tokens[0] !== 'deckwatch' || tokens[1] !== kind) return undefined;
  return tokens.slice(2);
}
