import { rowOf, type AlertRow } from '../alert-row.ts';
import type { AlertMessage } from '@deckwatch/contracts';
import type { Tone } from '../../../ui/tone.ts';

/** The alerts of one rule on one host. */
export interface RuleGroup {
  key: string;
  id: string;
  name: string;
  severity: AlertMessage['severity'];
  tone: Tone;
  rows: AlertRow[];
}

export interface HostGroup {
  key: string;
  name: string;
  /** The way to the host; null: these are on no host of their own. */
  params: Record<string, string> | null;
  count: number;
  rules: RuleGroup[];
}

/** Alerts by host and rule, each in the order in which its first one comes. */
export function groupAlerts(alerts: readonly AlertMessage[]): HostGroup[] {
  return [...Map.groupBy(alerts.map(rowOf), placeOf)].map(([key, rows]) => {
    const host = hostOf(rows[0]!.alert);
    return {
      key,
      name: host ?? (key === 'sessions:' ? 'Apps' : 'Services'),
      params: host === null ? null : { host },
      count: rows.length,
      rules: [...Map.groupBy(rows, ({ alert }) => alert.rule.id)].map(([id, members]) => ruleGroup(key, id, members)),
    };
  });
}

function ruleGroup(host: string, id: string, rows: AlertRow[]): RuleGroup {
  const { alert, tone } = rows.find((row) => row.alert.state !== 'resolved') ?? rows[0]!;
  return { key: `${host}/${id}`, id, name: alert.rule.name, severity: alert.severity, tone, rows };
}

function hostOf({ target }: AlertMessage): string | null {
  return target.kind === 'container' || target.kind === 'host' ? (target.host ?? target.key) : null;
}

function placeOf({ alert }: AlertRow): string {
  const host = hostOf(alert);
  return host === null ? `${alert.target.kind}:` : `host:${host}`;
}
