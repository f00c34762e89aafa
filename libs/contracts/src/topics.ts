import type { FlagName } from './flags.ts';
import type { Role } from './roles.ts';

/** How a topic is fanned out: state topics are conflated (latest wins), log topics are complete and in order. */
export type TopicKind = 'state' | 'log';

export type Topic =
  | { name: 'hosts' | 'containers' | 'sessions.count' | 'system'; kind: 'state' }
  | { name: 'stats'; kind: 'state' }
  | { name: 'stats.visible'; kind: 'state' }
  | { name: 'stats.host'; kind: 'state'; host: string }
  | { name: 'stats.container'; kind: 'state'; host: string; id: string }
  | { name: 'sessions.events' | 'alerts'; kind: 'log' };

/** The topics that take no argument, with the flag that switches each off. */
export const PLAIN_TOPICS: Record<string, { kind: TopicKind; flag: FlagName | null }> = {
  hosts: { kind: 'state', flag: null },
  containers: { kind: 'state', flag: null },
  stats: { kind: 'state', flag: 'containerStats' },
  'stats.visible': { kind: 'state', flag: 'containerStats' },
  'sessions.count': { kind: 'state', flag: 'sessionEvents' },
  'sessions.events': { kind: 'log', flag: 'sessionEvents' },
  alerts: { kind: 'log', flag: 'systemAlerts' },
  system: { kind: 'state', flag: null },
};

const HOST = /^[a-z0-9\-_]{1,255}$/;
const CONTAINER = /^[0-9a-f]{12}$/;

/** Reads a topic's name; undefined when it is none. Whether its host or container exists is not asked. */
export function parseTopic(text: string): Topic | undefined {
  const plain = Object.hasOwn(PLAIN_TOPICS, text) ? PLAIN_TOPICS[text] : undefined;
  if (plain) return { name: text, kind: plain.kind } as Topic;
  const [head, host, id, ...rest] = text.split('.');
  if (head !== 'stats' || host === undefined || !HOST.test(host) || rest.length > 0) return undefined;
  if (id === undefined) return { name: 'stats.host', kind: 'state', host };
  return CONTAINER.test(id) ? { name: 'stats.container', kind: 'state', host, id } : undefined;
}

/** The least role that may see a topic. Every topic stands here, or this does not compile. */
export const TOPIC_ROLES: Record<Topic['name'], Role> = {
  hosts: 'viewer',
  containers: 'viewer',
  stats: 'viewer',
  'stats.visible': 'viewer',
  'stats.host': 'viewer',
  'stats.container': 'viewer',
  'sessions.count': 'viewer',
  'sessions.events': 'viewer',
  alerts: 'viewer',
  system: 'viewer',
};

/** The flag that switches a topic off, or null. */
export function flagOf(topic: Topic): FlagName | null {
  return topic.name.startsWith('stats') ? 'containerStats' : (PLAIN_TOPICS[topic.name]?.flag ?? null);
}
