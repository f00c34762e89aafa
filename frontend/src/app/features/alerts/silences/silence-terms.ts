import type { AlertMessage } from '@deckwatch/contracts';

/** Globs over an alert and its target, as the gateway takes them. */
export type Matchers = Partial<Record<MatcherName, string>>;
export const MATCHER_NAMES = [
  'rule',
  'severity',
  'target',
  'host',
  'name',
  'project',
  'service',
  'image',
  'app',
] as const;
export type MatcherName = (typeof MATCHER_NAMES)[number];

export interface Scope {
  text: string;
  matchers: Matchers;
}

/** What one may mean who silences an alert, from the narrowest to the widest. */
export function scopesOf({ rule, target }: AlertMessage): Scope[] {
  const exactly = { target: target.key };
  const scopes: Scope[] = [
    { text: `${rule.name} on ${target.name}`, matchers: { rule: rule.id, ...exactly } },
    { text: `everything about ${target.name}`, matchers: exactly },
    { text: `${rule.name} everywhere`, matchers: { rule: rule.id } },
  ];
  if (target.kind === 'container' && target.host !== null) {
    scopes.push({ text: `everything on host ${target.host}`, matchers: { host: target.host } });
  }
  return scopes;
}

const HOUR_MS = 3_600_000;
export const SPANS = [
  { text: '30 minutes', ms: HOUR_MS / 2 },
  { text: '2 hours', ms: 2 * HOUR_MS },
  { text: '8 hours', ms: 8 * HOUR_MS },
  { text: '1 day', ms: 24 * HOUR_MS },
  { text: '1 week', ms: 168 * HOUR_MS },
] as const;

/** When a silence begins or ends, to the minute. */
export const dateTime = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });

/** `rule died · host demo`: what a silence holds back. */
export function matcherWords(matchers: Record<string, unknown>): string {
  return Object.entries(matchers)
    .flatMap(([name, value]) =>
      typeof value === 'string'
        ? [`${name} ${value}`]
        : Object.entries(value ?? {}).map(([label, glob]) => `label ${label}=${String(glob)}`),
    )
    .join(' · ');
}
