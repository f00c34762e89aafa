import { faultOf, readBackwards, type Bus, type Log } from '@deckwatch/bus';
import { AuditEntry, STREAMS } from '@deckwatch/contracts';
import { RefusalTally } from './refusal-tally.ts';

export type AuditDraft = Omit<AuditEntry, 't'>;
export type Refusal = Pick<AuditDraft, 'who' | 'action' | 'target' | 'from'>;

/** Apart from each other, so that a flood of what is refused drives out nothing that was done. */
const DONE = 'deckwatch.audit.entry';
const REFUSED = 'deckwatch.audit.refused';
/** A plain `key` is what a thing is called by. */
const SECRET = /pass|secret|token|.key|credential|authorization/i;
const ADDRESS = /url$/i;
const MOST_TEXT = 500;

/** Who did what: written to a stream of its own, read newest first. */
export class AuditLog {
  private readonly tally: RefusalTally;

  constructor(
    private readonly bus: Bus,
    private readonly now: () => number,
    private readonly log: Log,
  ) {
    this.tally = new RefusalTally(now);
  }

  /** Never throws: what was done is done. What could not be written is told in the service's log. */
  write(draft: AuditDraft): Promise<void> {
    return this.store(DONE, draft);
  }

  /** What somebody tried and may not: the same again within a minute is counted and told once after it. Never throws. */
  async refuse(refusal: Refusal): Promise<void> {
    for (const draft of this.tally.note(refusal)) await this.store(REFUSED, draft);
  }

  /** Tells what was counted and not told yet; to be called each minute and at the end. */
  async flush(): Promise<void> {
    for (const draft of this.tally.due()) await this.store(REFUSED, draft);
  }

  async page(limit: number, below?: number): Promise<{ items: AuditEntry[]; next: number | null; total: number }> {
    return readBackwards(this.bus, STREAMS.AUDIT.name, {
      limit,
      ...(below !== undefined && { below }),
      read: (message) => AuditEntry.safeParse(message.json()).data,
    });
  }

  private async store(subject: string, draft: AuditDraft): Promise<void> {
    const entry = { t: this.now(), ...draft, before: redacted(draft.before), after: redacted(draft.after) };
    try {
      await this.bus.js.publish(subject, JSON.stringify(entry));
    } catch (error) {
      const { who, action, target, from } = draft;
      this.log.error('audit entry not stored', { who, action, target, from, fault: faultOf(error) });
    }
  }
}

/** Without what may be secret, and without what is endless. */
export function redacted(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return value.length > MOST_TEXT ? `${value.slice(0, MOST_TEXT)}…` : value;
  if (value === null || typeof value !== 'object') return value ?? null;
  if (depth > 6) return '…';
  if (Array.isArray(value)) return value.slice(0, 50).map((item) => redacted(item, depth + 1));
  const entries = Object.entries(value).slice(0, 50);
  return Object.fromEntries(entries.map(([key, item]) => [key, fieldOf(key, item, depth)]));
}

/** Of an address its origin is told: the rest of a webhook's is often its secret. */
function fieldOf(key: string, item: unknown, depth: number): unknown {
  if (item === null || typeof item === 'boolean') return item;
  if (SECRET.test(key)) return '***';
  if (!ADDRESS.test(key)) return redacted(item, depth + 1);
  return typeof item === 'string' && URL.canParse(item) ? `${new URL(item).origin}/***` : '***';
}
