import { faultOf, type Bucket, type Log } from '@deckwatch/bus';
import { z } from 'zod';

/** Up to which sequence of the stream made at `epoch` all transitions are in the ledger. */
export const FloorMark = z.object({ epoch: z.number(), seq: z.int().min(0) });
export type FloorMark = z.infer<typeof FloorMark>;

const KEY = 'alerts-notifier';
/** While many transitions wait it is written so often. */
const WRITE_EVERY = 100;

/**
 * Remembers beside the durable consumer how far it came: where that is lost, reading goes on from here, and what the
 * ledger has forgotten long ago is not notified again. What lies beyond, the ledger knows.
 */
export class FeedFloor {
  private written = 0;

  constructor(
    private readonly bucket: Pick<Bucket<FloorMark>, 'get' | 'put'>,
    private readonly log: Log,
  ) {}

  /** 0: nothing of that stream is known. */
  async of(epoch: number): Promise<number> {
    const mark = (await this.bucket.get(KEY))?.value;
    return mark?.epoch === epoch ? mark.seq : 0;
  }

  /** All up to there is in the ledger, and so many more wait. */
  async reached(mark: FloorMark, waiting: number): Promise<void> {
    if (waiting > 0 && Math.abs(mark.seq - this.written) < WRITE_EVERY) return;
    try {
      await this.bucket.put(KEY, mark);
      this.written = mark.seq;
    } catch (error) {
      // It only matters should the consumer be lost, and then what is older serves as well.
      this.log.debug('floor not written', { fault: faultOf(error) });
    }
  }
}
