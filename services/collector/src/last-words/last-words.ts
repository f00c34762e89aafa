import { faultOf, type Log } from '@deckwatch/bus';
import { LAST_WORDS_EVENTS, shortId, STAT_COLS, type ContainerEvent, type LastWords } from '@deckwatch/contracts';
import type { Engine } from '../engine/engine.ts';
import type { Figures } from '../rates/counters.ts';
import { linesOf } from './log-text.ts';
import { SampleRing } from './sample-ring.ts';

export interface LastWordsOptions {
  engine: Pick<Engine, 'logTail'>;
  /** How many lines of its log are kept of a container; 0: none. */
  lines: number;
  publish(words: LastWords): Promise<unknown>;
  log: Log;
}

const READ_MS = 2000;
const AT_ONCE = 4;
/** More that wait are told without lines. */
const MOST_WAITING = 100;
const COLS = ['t', ...STAT_COLS];

type Known = Omit<LastWords, 'lines' | 'linesReason'>;

/**
 * Keeps what a container was doing before it died, ran out of memory or became unhealthy: its latest samples, the most
 * memory it used, and the last lines of its log, which are read at once since they may go with the container.
 */
export class LastWordsKeeper {
  private readonly rings = new Map<string, SampleRing>();
  private readonly waiting: Known[] = [];
  private reading = 0;

  constructor(private readonly options: LastWordsOptions) {}

  sample(id: string, t: number, figures: Figures): void {
    let ring = this.rings.get(id);
    if (!ring) this.rings.set(id, (ring = new SampleRing()));
    ring.add(t, figures);
  }

  /** Something happened to a container. */
  take(message: ContainerEvent): void {
    const { id, event, v, t, host, name, exitCode, oomKilled } = message;
    const ring = this.rings.get(id);
    if (event === 'removed') this.rings.delete(id);
    else if (event === 'started' || event === 'restarted') ring?.beginRun();
    const found = LAST_WORDS_EVENTS.find((wanted) => wanted === event);
    if (!found) return;
    const figures = {
      memLimit: ring?.memLimit ?? null,
      memPeak: ring?.memPeak ?? null,
      cols: COLS,
      samples: ring?.rows() ?? [],
    };
    this.tell({ v, t, host, id, name, event: found, exitCode, oomKilled, ...figures });
  }

  /** The container's short id is no longer in the inventory. */
  forget(id: string): void {
    this.rings.delete(shortId(id));
  }

  private tell(words: Known): void {
    if (this.options.lines === 0) this.publish(words, [], 'switched off on its host');
    else if (this.waiting.length >= MOST_WAITING) this.publish(words, [], 'too much happened at once');
    else {
      this.waiting.push(words);
      this.next();
    }
  }

  private next(): void {
    while (this.reading < AT_ONCE) {
      const words = this.waiting.shift();
      if (!words) return;
      this.reading += 1;
      void this.read(words).finally(() => {
        this.reading -= 1;
        this.next();
      });
    }
  }

  private async read(words: Known): Promise<void> {
    const { engine, lines } = this.options;
    try {
      const answer = await engine.logTail(words.id, lines, READ_MS);
      if (answer) this.publish(words, linesOf(answer, lines), null);
      else this.publish(words, [], 'the container is gone');
    } catch (error) {
      this.publish(words, [], `its log was not read: ${faultOf(error)}`.slice(0, 200));
    }
  }

  private publish(words: Known, lines: string[], linesReason: string | null): void {
    this.options.publish({ ...words, lines, linesReason }).catch((error: unknown) => {
      this.options.log.warn('last words not kept', { container: words.id, fault: faultOf(error) });
    });
  }
}
