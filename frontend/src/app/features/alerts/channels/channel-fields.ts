import type { Channel } from '@deckwatch/contracts';

export type ChannelType = Channel['type'];

interface Field {
  name: string;
  label: string;
  kind: 'text' | 'url' | 'secret' | 'number' | 'addresses' | 'choice';
  optional?: boolean;
  hint?: string;
  options?: readonly string[];
  usual?: string;
}

/** What each kind of channel asks for. A secret is written and never shown. */
export const FIELDS: Record<ChannelType, readonly Field[]> = {
  webhook: [
    { name: 'url', label: 'URL', kind: 'url', hint: 'https://example.org/hook' },
    { name: 'secret', label: 'Secret', kind: 'secret', optional: true, hint: 'whsec_…; signs each notice' },
  ],
  slack: [{ name: 'url', label: 'URL of the incoming webhook', kind: 'secret', hint: 'https://hooks.slack.com/…' }],
  ntfy: [
    { name: 'url', label: 'URL of the topic', kind: 'url', hint: 'https://ntfy.sh/my-topic' },
    { name: 'token', label: 'Access token', kind: 'secret', optional: true },
  ],
  email: [
    { name: 'host', label: 'SMTP server', kind: 'text', hint: 'mail.example.org' },
    { name: 'port', label: 'Port', kind: 'number', usual: '587' },
    { name: 'security', label: 'TLS', kind: 'choice', options: ['starttls', 'tls', 'none'], usual: 'starttls' },
    { name: 'user', label: 'User', kind: 'text', optional: true },
    { name: 'password', label: 'Password', kind: 'secret', optional: true },
    { name: 'from', label: 'From', kind: 'text', hint: 'deckwatch@example.org' },
    { name: 'to', label: 'To', kind: 'addresses', hint: 'comma separated' },
  ],
  heartbeat: [{ name: 'url', label: 'URL to call each minute', kind: 'secret', hint: 'https://hc-ping.com/…' }],
};
export const TYPES = Object.keys(FIELDS) as ChannelType[];

export const TYPE_WORDS: Record<ChannelType, string> = {
  webhook: 'Webhook',
  slack: 'Slack',
  ntfy: 'ntfy',
  email: 'E-mail',
  heartbeat: 'Heartbeat',
};

/** What stands in a field of a channel that is there; a secret never does. */
export function shownOf(channel: Channel | null, { name, kind, usual }: Field): string {
  const value = channel === null ? undefined : (channel as unknown as Record<string, unknown>)[name];
  if (kind === 'secret') return '';
  if (Array.isArray(value)) return value.join(', ');
  return typeof value === 'string' || typeof value === 'number' ? String(value) : (usual ?? '');
}

/** A channel as it is written: a secret that is left empty stays as it was. */
export function draftOf(type: ChannelType, name: string, allowPrivate: boolean, texts: Record<string, string>): object {
  const entries = FIELDS[type].flatMap(({ name: field, kind }): [string, unknown][] => {
    const text = (texts[field] ?? '').trim();
    if (kind === 'addresses') return [[field, text.split(/[\s,;]+/).filter(Boolean)]];
    if (text === '') return [];
    return [[field, kind === 'number' ? Number(text) : text]];
  });
  return { type, name: name.trim(), allowPrivate, ...Object.fromEntries(entries) };
}
