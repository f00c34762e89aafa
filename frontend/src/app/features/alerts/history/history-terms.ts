import type { ParamMap, Params } from '@angular/router';
import type { AlertMessage } from '@deckwatch/contracts';
import { isAlertNews, isAlertOn } from '@deckwatch/contracts/wire';

const HOUR_MS = 3_600_000;
export const SEVERITIES = ['critical', 'warning', 'info'] as const;
export const STATES = ['firing', 'nodata', 'resolved', 'pending'] as const;
/** Up to this moment; `between` has two ends of its own. */
export const SPANS = { '1h': HOUR_MS, '24h': 24 * HOUR_MS, '7d': 168 * HOUR_MS } as const;
export type Span = keyof typeof SPANS | 'between' | '';

/** What of the history is shown; an empty term narrows nothing. */
export interface HistoryTerms {
  severity: string;
  /** Empty: all but pending, which nobody is told of. */
  state: string;
  /** A rule's id. */
  rule: string;
  /** A part of the target's name. */
  target: string;
  span: Span;
  /** Of `between`, Unix ms; null: no end on that side. */
  from: number | null;
  to: number | null;
}

export const NAMES = ['severity', 'was', 'rule', 'target', 'span', 'from', 'to'] as const;
const LONGEST = 200;

export function readTerms(params: Pick<ParamMap, 'get'>): HistoryTerms {
  const span = known(['between', ...Object.keys(SPANS)], params.get('span')) as Span;
  return {
    severity: known(SEVERITIES, params.get('severity')),
    state: known(STATES, params.get('was')),
    rule: /^[a-z0-9\-_]{1,255}$/.exec(params.get('rule') ?? '')?.[0] ?? '',
    target: (params.get('target') ?? '').slice(0, LONGEST),
    span,
    from: span === 'between' ? moment(params.get('from')) : null,
    to: span === 'between' ? moment(params.get('to')) : null,
  };
}

export function writeTerms({ severity, state, rule, target, span, from, to }: HistoryTerms): Params {
  return {
    ...(severity && { severity }),
    ...(state && { was: state }),
    ...(rule && { rule }),
    ...(target && { target }),
    ...(span && { span }),
    ...(span === 'between' && from !== null && { from: String(from) }),
    ...(span === 'between' && to !== null && { to: String(to) }),
  };
}

/** Whether anything is narrowed. */
export function isNarrowed(terms: HistoryTerms): boolean {
  return Object.keys(writeTerms(terms)).length > 0;
}

/** From when to when, Unix ms. */
export function rangeOf({ span, from, to }: HistoryTerms, now: number): { from: number | null; to: number | null } {
  if (span === '') return { from: null, to: null };
  return span === 'between' ? { from, to } : { from: now - SPANS[span], to: null };
}

/** As the gateway is asked, without the page. */
export function queryOf(terms: HistoryTerms, now: number): string {
  const { from, to } = rangeOf(terms, now);
  const { severity, state, rule, target } = terms;
  const query = new URLSearchParams({
    ...(state !== 'pending' && { news: 'true' }),
    ...(state && { state }),
    ...(severity && { severity }),
    ...(rule && { rule }),
    ...(target.trim() && { target: target.trim() }),
    ...(from !== null && { from: String(from) }),
    ...(to !== null && { to: String(to) }),
  });
  return query.toString();
}

/** The same for what arrives meanwhile. */
export function fits(alert: AlertMessage, terms: HistoryTerms, now: number): boolean {
  const { from, to } = rangeOf(terms, now);
  const { severity, state, rule, target } = terms;
  return (
    alert.change === 'state' &&
    (state === 'pending' || isAlertNews(alert)) &&
    (state === '' || alert.state === state) &&
    (severity === '' || alert.severity === severity) &&
    (rule === '' || alert.rule.id === rule) &&
    (target.trim() === '' || isAlertOn(alert, target.trim())) &&
    alert.t >= (from ?? 0) &&
    alert.t <= (to ?? Infinity)
  );
}

function known(words: readonly string[], word: string | null): string {
  return word !== null && words.includes(word) ? word : '';
}

function moment(text: string | null): number | null {
  return text !== null && /^\d{1,15}$/.test(text) ? Number(text) : null;
}

/** For a field of date and time, by this browser's clock. */
export function writeLocal(t: number | null): string {
  if (t === null) return '';
  const local = new Date(t - new Date(t).getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 16);
}

export function readLocal(text: string): number | null {
  const t = text === '' ? NaN : new Date(text).getTime();
  return Number.isNaN(t) ? null : t;
}
