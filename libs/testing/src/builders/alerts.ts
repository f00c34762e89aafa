import type { AlertMessage, AlertRule, Channel, ChannelDraft, Delivery, StoredRule } from '@deckwatch/contracts';
import { AN_ID, A_HOST, A_MOMENT } from './constants.ts';

/** A rule: CPU of a container over 80 percent of one core, at once. */
export function aRule(over: Partial<AlertRule> = {}): AlertRule {
  return {
    id: 'busy',
    name: 'Busy container',
    enabled: true,
    severity: 'warning',
    target: 'container',
    select: {},
    condition: { metric: 'cpu', op: '>', value: 80 },
    forMs: 0,
    keepMs: 0,
    channels: [],
    notify: { groupMs: 10_000, repeatMs: 0 },
    noData: 'ignore',
    ...over,
  };
}

export function aStoredRule(over: Partial<StoredRule> = {}): StoredRule {
  return { ...aRule(), revision: 1, provisioned: false, ...over };
}

/** The first message of a firing alert of {@link aRule}. */
export function anAlertMessage(over: Partial<AlertMessage> = {}): AlertMessage {
  return {
    v: 1,
    id: `busy-${A_HOST}-${AN_ID}-1`,
    seq: 1,
    change: 'state',
    rule: { id: 'busy', name: 'Busy container' },
    severity: 'warning',
    target: { kind: 'container', key: `${A_HOST}.${AN_ID}`, name: 'web', host: A_HOST },
    state: 'firing',
    metric: 'cpu',
    value: 95,
    threshold: 80,
    since: A_MOMENT,
    firedAt: A_MOMENT,
    resolvedAt: null,
    t: A_MOMENT,
    ack: null,
    silencedBy: [],
    inhibitedBy: null,
    reason: null,
    message: 'cpu of web is 95, over 80',
    ...over,
  };
}

type WebhookDraft = Extract<ChannelDraft, { type: 'webhook' }>;
type WebhookChannel = Extract<Channel, { type: 'webhook' }>;

export function aChannelDraft(over: Partial<WebhookDraft> = {}): WebhookDraft {
  return {
    name: 'On call',
    type: 'webhook',
    url: 'https://hooks.example/deckwatch',
    allowPrivate: false,
    perMinute: 3000,
    concurrency: 8,
    ...over,
  };
}

export function aChannel(over: Partial<WebhookChannel> = {}): WebhookChannel {
  return {
    ...aChannelDraft(),
    id: 'on-call',
    hasSecret: false,
    revision: 1,
    provisioned: false,
    destination: 'https://hooks.example/…',
    last: null,
    ...over,
  };
}

export function aDelivery(over: Partial<Delivery> = {}): Delivery {
  const alertId = over.alertId ?? `busy-${A_HOST}-${AN_ID}-1`;
  const seq = over.seq ?? 1;
  const channelId = over.channelId ?? 'on-call';
  return {
    id: `${alertId}.${seq}.${channelId}`,
    alertId,
    seq,
    channelId,
    about: 'firing: Busy, web',
    state: 'waiting',
    attempts: 0,
    createdAt: A_MOMENT,
    updatedAt: A_MOMENT,
    nextAttemptAt: null,
    outcome: null,
    tries: [],
    ...over,
  };
}
