import { faultOf, type Log } from '@deckwatch/bus';
import type { Clock, Timer } from '@deckwatch/service-kit';
import type { AlertStore } from './alert-store.ts';
import type { NumberBook } from './number-book.ts';

/** Looks at the stream. */
export interface StreamLook {
  /** How many subjects have messages. */
  subjectCount(): Promise<number>;
  subjects(): Promise<ReadonlySet<string>>;
}

export interface StreamGuardOptions {
  clock: Clock;
  log: Log;
  stream: StreamLook;
  store: Pick<AlertStore, 'holdings' | 'tellAgain'>;
  numbers: Pick<NumberBook, 'lost' | 'again' | 'expect'>;
  /** Whether this instance says how many subjects there are: one does. */
  counts(): boolean;
}

const LOOK_EVERY_MS = 5000;

/**
 * Notices that somebody else took messages out of the stream (a purge, a limit): how an alert stands is its last message,
 * so what lives is told again, and no number is used twice.
 */
export class StreamGuard {
  private timer?: Timer;
  private stopped = false;

  constructor(private readonly options: StreamGuardOptions) {}

  start(): void {
    this.timer = this.options.clock.setTimeout(() => {
      void this.look().finally(() => !this.stopped && this.start());
    }, LOOK_EVERY_MS);
  }

  stop(): void {
    this.stopped = true;
    this.options.clock.clearTimeout(this.timer);
  }

  private async look(): Promise<void> {
    const { clock, log, stream, store, numbers, counts } = this.options;
    try {
      numbers.again();
      const before = store.holdings();
      // What is being purged in order is not among them.
      if ((await stream.subjectCount()) >= before.size) {
        if (counts()) await numbers.expect(store.holdings().size);
        return;
      }
      const present = await stream.subjects();
      const missing = [...before].filter(([subject]) => !present.has(subject));
      const lost = this.stopped ? 0 : store.tellAgain(missing, clock.now());
      if (lost === 0) return;
      numbers.lost();
      log.warn('messages of alerts were taken out of their stream', { subjects: lost });
    } catch (error) {
      // The broker may be away; a stream that is not there is made anew by whoever writes.
      log.debug('stream not looked at', { fault: faultOf(error) });
    }
  }
}
