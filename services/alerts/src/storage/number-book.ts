import { faultOf, RevisionConflict, type Bucket, type Log } from '@deckwatch/bus';
import { z } from 'zod';

/** Which numbers alerts may have had, and what the stream of that epoch must still hold of them. */
export const NumberMark = z.object({
  /** The stream's creation time, Unix milliseconds. */
  epoch: z.number(),
  /** No alert has begun more often. */
  reserved: z.int().min(0),
  /** How often a target without messages may have had its alert begin: those messages may be lost. */
  floor: z.int().min(0),
  /** So many subjects the stream has at least. */
  subjects: z.int().min(0),
});
export type NumberMark = z.infer<typeof NumberMark>;

/** What the stream holds at the start of a term. */
export interface Holdings {
  epoch: number;
  subjects: number;
  /** The most often that one of its alerts began. */
  highest: number;
}

const KEY = 'alert-numbers';
/** Numbers are reserved so many ahead, so that they are written long before they are used. */
const AHEAD = 50;

/**
 * Keeps the numbers in alerts' ids from coming twice when their stream, or a part of it, is lost: a high-water mark in KV,
 * beyond which counting then goes on.
 */
export class NumberBook {
  private mark: NumberMark = { epoch: 0, reserved: 0, floor: 0, subjects: 0 };
  private dirty = false;
  /** What becomes of the number of subjects at the next write; null: it stays. */
  private recount: ((stored: number) => number) | null = null;
  private turn: Promise<void> = Promise.resolve();

  constructor(
    private readonly bucket: Pick<Bucket<NumberMark>, 'get' | 'create' | 'update'>,
    private readonly log: Log,
  ) {}

  /** What a target's alert begins after, where nothing else is known of it. */
  get floor(): number {
    return this.mark.floor;
  }

  /** Compares with what was left behind. Throws when it can't be read or written: without it numbers might come twice. */
  async open({ epoch, subjects, highest }: Holdings): Promise<void> {
    await this.turn;
    const before = (await this.bucket.get(KEY))?.value;
    const lost = before !== undefined && (before.epoch !== epoch || subjects < before.subjects);
    const floor = lost ? before.reserved : (before?.floor ?? 0);
    if (lost) this.log.warn('messages of alerts were lost, their numbers go on beyond', { subjects, floor });
    this.mark = { epoch, subjects, floor, reserved: Math.max(before?.reserved ?? 0, beyond(Math.max(highest, floor))) };
    this.recount = () => subjects;
    await this.write();
  }

  /** An alert began so often. */
  saw(began: number): void {
    if (this.mark.reserved - began >= AHEAD) return;
    this.change({ reserved: beyond(began) });
  }

  /** Messages of the stream are gone, or it was made anew at `epoch`. */
  lost(epoch = this.mark.epoch): void {
    const floor = this.mark.reserved;
    this.change({ epoch, floor, reserved: beyond(floor) }, () => 0);
  }

  /** So many subjects the stream is known to have. Resolves when that is written: before fewer are made of them. */
  async expect(subjects: number): Promise<void> {
    if (subjects === this.mark.subjects) return;
    await this.count(() => subjects);
  }

  /** So many subjects fewer, of those that another counts. Resolves when that is written. */
  async expectFewer(subjects: number): Promise<void> {
    if (subjects > 0) await this.count((stored) => Math.max(0, stored - subjects));
  }

  /** Writes what could not be written. */
  again(): void {
    if (this.dirty) this.change({});
  }

  private async count(recount: (stored: number) => number): Promise<void> {
    this.change({}, recount);
    await this.turn;
    if (this.dirty) throw new Error('the number of subjects was not written');
  }

  private change(fields: Partial<NumberMark>, recount = this.recount): void {
    Object.assign(this.mark, fields);
    this.recount = recount;
    this.dirty = true;
    this.turn = this.turn.then(() =>
      this.write().catch((error: unknown) => this.log.warn('numbers not written', { fault: faultOf(error) })),
    );
  }

  /** Other instances number alerts too: what they reserved stays reserved. */
  private async write(): Promise<void> {
    for (;;) {
      const found = await this.bucket.get(KEY);
      const { recount } = this;
      const mark = merged(this.mark, found?.value, recount);
      try {
        await (found ? this.bucket.update(KEY, mark, found.revision) : this.bucket.create(KEY, mark));
        this.dirty = false;
        this.mark = merged(this.mark, mark, null);
        if (this.recount === recount) this.recount = null;
        return;
      } catch (error) {
        if (!(error instanceof RevisionConflict)) throw error;
      }
    }
  }
}

function merged(
  own: NumberMark,
  stored: NumberMark | undefined,
  recount: ((stored: number) => number) | null,
): NumberMark {
  const subjects = stored?.subjects ?? 0;
  return {
    epoch: Math.max(own.epoch, stored?.epoch ?? 0),
    reserved: Math.max(own.reserved, stored?.reserved ?? 0),
    floor: Math.max(own.floor, stored?.floor ?? 0),
    subjects: recount ? recount(subjects) : subjects,
  };
}

function beyond(began: number): number {
  return (Math.floor(began / AHEAD) + 2) * AHEAD;
}
