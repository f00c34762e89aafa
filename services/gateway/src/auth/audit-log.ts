import { faultOf, readBackwards, type Bus, type Log } from '@deckwatch/bus';
import { AuditEntry, STREAMS } from '@deckwatch/contracts';

export type AuditDraft = Omit<AuditEntry, 't'>;

const SUBJECT = 'deckwatch.audit.entry';
const SECRET = /pass|secret|token|key|credential|authorization|url/i;
const MOST_TEXT = 500;

/** Who did what: written to a stream of its own, read newest first. */
export class AuditLog {
  constructor(
    private readonly bus: Bus,
    private readonly now: () => number,
    private readonly log: Log,
  ) {}

  /** Never throws: what was done is done. What could not be written is told in the service's log. */
  async write(draft: AuditDraft): Promise<void> {
    const entry = { t: this.now(), ...draft, before: redacted(draft.before), after: redacted(draft.after) };
    try {
      await this.bus.js.publish(SUBJECT, JSON.stringify(entry));
    } catch (error) {
      const { who, action, target, from } = draft;
      this.log.error('audit entry not stored', { who, action, target, from, fault: faultOf(error) });
    }
  }

  async page(limit: number, below?: number): Promise<{ items: AuditEntry[]; next: number | null; total: number }> {
    return readBackwards(this.bus, STREAMS.AUDIT.name, {
      limit,
      ...(below !== undefined && { below }),
      read: (message) => AuditEntry.safeParse(message.json()).data,
    });
  }
}

/** Without what may be secret, and without what is endless. */
export function redacted(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return value.length > MOST_TEXT ? `${value.slice(0, MOST_TEXT)}…` : value;
  if (value === null || typeof value !== 'object') return value ?? null;
  if (depth > 6) return '…';
  if (Array.isArray(value)) return value.slice(0, 50).map((item) => redacted(item, depth + 1));
  const entries = Object.entries(value).slice(0, 50);
  return Object.fromEntries(entries.map(([key, item]) => [key, SECRET.test(key) ? '***' : redacted(item, depth + 1)]));
}
