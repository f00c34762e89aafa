import { RpcFault, type RpcHandlers } from '@deckwatch/bus';
import type { AlertMessage, AlertRuleDraft, ALERTS_RPC, ProvisioningStatus, RulePreview } from '@deckwatch/contracts';
import type { Notifications } from '../notification/notifications.ts';
import type { SilenceBook } from '../noise/silence-book.ts';
import type { RuleBook } from '../rules/rule-book.ts';
import type { AlertHistory } from '../storage/alert-history.ts';

export interface HandlerParts {
  rules: RuleBook;
  silences: SilenceBook;
  notifications: Notifications;
  history: Pick<AlertHistory, 'page'>;
  /** Alerts that are pending, firing or without data, as they are stored. */
  active(): AlertMessage[];
  preview(draft: AlertRuleDraft): Promise<RulePreview>;
  provisioning(): ProvisioningStatus;
  /** `note` null: takes the acknowledgement back. */
  acknowledge(id: string, by: string, note: string | null): Promise<AlertMessage>;
}

/** The service's door on the bus: no logic, only who answers what. */
export function alertsHandlers({
  rules,
  silences,
  notifications,
  history,
  active,
  acknowledge,
  preview,
  provisioning,
}: HandlerParts): RpcHandlers<typeof ALERTS_RPC> {
  const { channels, ledger } = notifications;
  return {
    rules: () => ({ items: rules.list() }),
    rule: ({ id }) => rules.get(id),
    saveRule: ({ rule, revision }) => rules.save(rule, revision),
    previewRule: ({ rule }) => preview(rule),
    provisioning,
    deleteRule: async ({ id }) => {
      await rules.delete(id);
      return {};
    },
    active: ({ state }) => ({
      items: active()
        .filter((alert) => state === undefined || alert.state === state)
        .sort((a, b) => b.since - a.since),
    }),
    history: (query) => history.page(query),
    ack: ({ id, by, note }) => acknowledge(id, by, note),
    unack: ({ id, by }) => acknowledge(id, by, null),
    silences: () => ({ items: silences.list() }),
    silence: ({ id }) => silences.get(id),
    saveSilence: ({ silence, by, id, revision }) => silences.save(silence, by, id, revision),
    deleteSilence: async ({ id }) => {
      await silences.delete(id);
      return {};
    },
    channels: () => ({ items: channels.list() }),
    channel: ({ id }) => channels.get(id),
    saveChannel: ({ channel, id, revision }) => channels.save(channel, id, revision),
    deleteChannel: async ({ id }) => {
      await channels.delete(id);
      return {};
    },
    testChannel: ({ id }) => notifications.test(id),
    deliveries: ({ limit, cursor, ...filter }) => ledger.page(limit, cursor, filter),
    retryDelivery: ({ id }) => {
      const { dispatcher } = notifications;
      if (!dispatcher) throw new RpcFault(503, 'deliveries are not running');
      return dispatcher.retry(id);
    },
  };
}
