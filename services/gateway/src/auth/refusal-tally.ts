import type { AuditDraft, Refusal } from './audit-log.ts';

const WINDOW_MS = 60_000;
const MOST_KINDS = 1000;

interface Tally {
  refusal: Refusal;
  since: number;
  /** Those after the first, which was told at once. */
  more: number;
}

/** Counts what is refused again and again, so that a flood of it is a few entries: the first at once, the rest summed up. */
export class RefusalTally {
  private readonly tallies = new Map<string, Tally>();

  constructor(private readonly now: () => number) {}

  /** @returns what is to be told now */
  note(refusal: Refusal): AuditDraft[] {
    const { who, action, target, from } = refusal;
    const key = JSON.stringify([who, action, target, from]);
    const known = this.tallies.get(key);
    if (known && this.now() - known.since < WINDOW_MS) {
      known.more += 1;
      return [];
    }
    const told = known ? summed(known) : [];
    this.tallies.delete(key);
    this.tallies.set(key, { refusal, since: this.now(), more: 0 });
    const [oldest] = this.tallies;
    if (this.tallies.size > MOST_KINDS && oldest) {
      this.tallies.delete(oldest[0]);
      told.push(...summed(oldest[1]));
    }
    return [...told, { ...refusal, before: null, after: null }];
  }

  /** Sums of the windows that are over. */
  due(): AuditDraft[] {
    const over = [...this.tallies].filter(([, { since }]) => this.now() - since >= WINDOW_MS);
    for (const [key] of over) this.tallies.delete(key);
    return over.flatMap(([, tally]) => summed(tally));
  }
}

function summed({ refusal, since, more }: Tally): AuditDraft[] {
  return more === 0 ? [] : [{ ...refusal, before: null, after: { timesMore: more, since } }];
}
