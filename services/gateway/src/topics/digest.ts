/** What the snapshot of a log topic holds besides the log itself. */
export interface Digest {
  /** The stream begins from scratch. */
  reset(): void;
  /** An item that was stored at `seq`. */
  apply(seq: number, subject: string, text: string, item: unknown): void;
  /** JSON of the snapshot's items, in order. */
  texts(): string[];
}

/** The last items of the log, whatever they are. */
export class LastItems implements Digest {
  private items: string[] = [];

  constructor(private readonly count: number) {}

  reset(): void {
    this.items = [];
  }

  apply(_seq: number, _subject: string, text: string): void {
    this.items.push(text);
    if (this.items.length > this.count) this.items.shift();
  }

  texts(): string[] {
    return this.items;
  }
}

/** The last item of each subject, while `open` holds for it. */
export class OpenItems implements Digest {
  private readonly items = new Map<string, { seq: number; text: string | null }>();
  private settled = false;

  constructor(private readonly open: (item: unknown) => boolean) {}

  reset(): void {
    this.items.clear();
    this.settled = false;
  }

  /** Until it is settled, items of one subject may come out of order: the latest counts. */
  apply(seq: number, subject: string, text: string, item: unknown): void {
    if ((this.items.get(subject)?.seq ?? 0) >= seq) return;
    const open = this.open(item);
    if (open || !this.settled) this.items.set(subject, { seq, text: open ? text : null });
    else this.items.delete(subject);
  }

  /** Nothing out of order will come any more: closed subjects need not be remembered. */
  settle(): void {
    this.settled = true;
    for (const [subject, { text }] of this.items) if (text === null) this.items.delete(subject);
  }

  texts(): string[] {
    const open = [...this.items.values()].filter((item) => item.text !== null);
    return open.sort((a, b) => a.seq - b.seq).map((item) => item.text!);
  }
}
