import { faultOf, type Bus, type BusSubscription, type Log } from '@deckwatch/bus';
import { filters, LastWords, STREAMS, subjects, type AlertMessage } from '@deckwatch/contracts';
import type { Clock } from '@deckwatch/service-kit';

const MOST_KEPT = 200;
/** Words belong to an alert when they were said about when it fired; host and engine have clocks of their own. */
const NEAR_MS = 10_000;
/** The engine's log is read meanwhile: so long a notice waits for it. */
const WAIT_MS = 3000;

export interface ShelfOptions {
  bus: Pick<Bus, 'listen' | 'jsm'>;
  clock: Clock;
  log: Log;
}

/** Finds the last words of the container that an alert is about: those that just came, or those that are stored. */
export class LastWordsShelf {
  private readonly kept = new Map<string, LastWords>();
  private readonly waiting = new Map<string, Set<() => void>>();
  private subscription?: BusSubscription;

  constructor(private readonly options: ShelfOptions) {}

  open(): void {
    this.subscription ??= this.options.bus.listen(filters.allLastWords, LastWords, (words) => this.take(words));
  }

  close(): void {
    this.subscription?.unsubscribe();
    this.subscription = undefined;
    this.kept.clear();
  }

  /** undefined: it has none, or they did not come in time. A notice never fails for want of them. */
  async of(message: AlertMessage): Promise<LastWords | undefined> {
    const { target, state, metric, firedAt, t } = message;
    // Only events have no metric.
    if (target.kind !== 'container' || state !== 'firing' || metric !== null) return undefined;
    const at = firedAt ?? t;
    const now = this.options.clock.now();
    const found = this.near(target.key, at) ?? (await this.stored(target.key, at));
    if (found || now - at > WAIT_MS) return found;
    await this.arrival(target.key);
    return this.near(target.key, at);
  }

  private take(words: LastWords): void {
    const key = `${words.host}.${words.id}`;
    this.kept.delete(key);
    this.kept.set(key, words);
    const [oldest] = this.kept.keys();
    if (this.kept.size > MOST_KEPT && oldest !== undefined) this.kept.delete(oldest);
    for (const wake of [...(this.waiting.get(key) ?? [])]) wake();
  }

  private near(key: string, at: number): LastWords | undefined {
    const words = this.kept.get(key);
    return words && Math.abs(words.t - at) <= NEAR_MS ? words : undefined;
  }

  private async stored(key: string, at: number): Promise<LastWords | undefined> {
    const [host = '', id = ''] = key.split('.');
    try {
      const query = { last_by_subj: subjects.lastWords(host, id) };
      const message = await this.options.bus.jsm.streams.getMessage(STREAMS.LAST_WORDS.name, query);
      const words = message && LastWords.safeParse(message.json()).data;
      return words && Math.abs(words.t - at) <= NEAR_MS ? words : undefined;
    } catch (error) {
      this.options.log.debug('last words not read', { key, fault: faultOf(error) });
      return undefined;
    }
  }

  private arrival(key: string): Promise<void> {
    const { clock } = this.options;
    return new Promise((resolve) => {
      const wakers = this.waiting.get(key) ?? new Set();
      const wake = (): void => {
        clock.clearTimeout(timer);
        wakers.delete(wake);
        if (wakers.size === 0) this.waiting.delete(key);
        resolve();
      };
      const timer = clock.setTimeout(wake, WAIT_MS);
      this.waiting.set(key, wakers.add(wake));
    });
  }
}
