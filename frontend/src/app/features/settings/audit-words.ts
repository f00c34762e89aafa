import type { AuditEntry } from '@deckwatch/contracts';
import { isRecord } from '../../core/frames.ts';
import { dateTime } from '../events/ago.ts';

const API = /^\/api\/v\d+/;
const MOST_FIELDS = 8;
const MOST_TEXT = 60;

/** What an entry of the audit log is about, as short as it can be told. */
export function targetOf({ target }: AuditEntry): string {
  return target.replace(API, '');
}

/**
 * What became of what: `role: viewer → operator`. Of what is new its fields, of what is gone those that it had; fields that
 * nobody asked for and that stayed are left out.
 */
export function changeOf({ before, after }: AuditEntry): string {
  if (!isRecord(after)) return isRecord(before) ? `was ${listed(before)}` : pair(before, after);
  if (!isRecord(before)) return listed(after);
  const changed = Object.keys(after).filter((key) => textOf(after[key]) !== textOf(before[key]));
  return shortened(changed.map((key) => `${key}: ${pair(before[key], after[key], key)}`));
}

function pair(before: unknown, after: unknown, key = ''): string {
  if ((before ?? null) === null && (after ?? null) === null) return '';
  return `${textOf(before, key)} → ${textOf(after, key)}`;
}

function listed(fields: Record<string, unknown>): string {
  return shortened(Object.entries(fields).map(([key, value]) => `${key}: ${textOf(value, key)}`));
}

function shortened(parts: string[]): string {
  return parts.length > MOST_FIELDS ? [...parts.slice(0, MOST_FIELDS), '…'].join(', ') : parts.join(', ');
}

/** Fields called so are times: `endsAt`. */
const TIMES = /At$/;

function textOf(value: unknown, key = ''): string {
  if (value === null || value === undefined) return '–';
  if (TIMES.test(key) && typeof value === 'number') return dateTime.format(value);
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > MOST_TEXT ? `${text.slice(0, MOST_TEXT)}…` : text;
}
