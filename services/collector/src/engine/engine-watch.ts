import { Backoff, faultOf } from '@deckwatch/bus';
import type { EngineState } from '@deckwatch/contracts';
import type { Clock, Log } from '@deckwatch/service-kit';
import { describeAddress } from './engine-address.ts';
import type { Engine, EngineEvent, EngineInfo, EngineStream } from './engine.ts';
import { diagnose, type Surroundings } from './engine-probe.ts';
import { EventFeed } from './event-feed.ts';

export interface EngineWatchOptions {
  engine: Pick<Engine, 'address' | 'ping' | 'info' | 'events'>;
  clock: Clock;
  log: Log;
  /** Looks at what tells why the engine is not there. */
  look(): Promise<Surroundings>;
  /** Whether an engine was there before this process began. */
  seenBefore: boolean;
  /** From when on events are wanted at first, by the engine's clock; undefined: from now. */
  since: number | undefined;
  /** It answers; events come from now on. */
  onUp(info: EngineInfo): void | Promise<void>;
  onEvent(event: EngineEvent): void;
  /** Compare with the engine's list; closely: look at every container. */
  reconcile(closely: boolean): Promise<void>;
  onAway(): void;
  backoff?: Backoff;
}

/** A connection over the network may be dead without a word; a socket on this machine hardly. */
const PING_MS = { tcp: 15_000, unix: 60_000, kubernetes: 15_000 };
const RECONCILE_MS = 5 * 60_000;
const MISSED_PINGS = 2;

/** Keeps in touch with the engine: connects, follows its events, notices when it goes away, and comes back. */
export class EngineWatch {
  state: EngineState = 'none';
  /** Why it is not up, and the line that mends it. */
  reason: string | null = null;
  info: EngineInfo | undefined;
  private feed: EventFeed | undefined;
  private stream: EngineStream | undefined;
  private readonly stopping = new AbortController();
  private readonly backoff: Backoff;
  private timer: object | number | undefined;
  private seen: boolean;

  constructor(private readonly options: EngineWatchOptions) {
    this.seen = options.seenBefore;
    if (this.seen) this.state = 'away';
    this.backoff = options.backoff ?? new Backoff({ baseMs: 250, maxMs: 5000 });
  }

  /** Resolves after the first try, whether there is an engine or not. Goes on by itself. */
  async start(): Promise<void> {
    let tried: () => void = () => undefined;
    const first = new Promise<void>((resolve) => (tried = resolve));
    void this.run(tried);
    await first;
  }

  stop(): void {
    this.stopping.abort();
    this.options.clock.clearTimeout(this.timer);
    this.stream?.close();
  }

  private async run(tried: () => void): Promise<void> {
    while (!this.stopping.signal.aborted) {
      try {
        await this.connect();
        tried();
        await this.stream?.ended;
        await this.away(new Error('its stream of events ended'));
      } catch (error) {
        await this.away(error);
        tried();
      }
      if (!(await this.backoff.pause(this.stopping.signal))) return;
    }
  }

  private async connect(): Promise<void> {
    const { engine, onUp, onEvent, reconcile, log, since, clock } = this.options;
    const info = await engine.info();
    this.feed ??= new EventFeed(since ?? info.time ?? clock.now(), onEvent);
    this.stream = await engine.events(this.feed.since, this.feed.take);
    this.info = info;
    this.state = 'up';
    this.reason = null;
    this.seen = true;
    await onUp(info);
    await reconcile(true);
    this.backoff.reset();
    log.info('engine up', { address: describeAddress(engine.address), version: info.version });
    this.watchOver(this.stream, 0, 1);
  }

  /** A connection may be dead without a word: ask from time to time; and compare everything now and then. */
  private watchOver(stream: EngineStream, missed: number, count: number): void {
    const { clock, engine, reconcile, log } = this.options;
    const pingMs = PING_MS[engine.address.kind];
    this.timer = clock.setTimeout(() => {
      const work = (count * pingMs) % RECONCILE_MS === 0 ? reconcile(false) : engine.ping();
      work.then(
        () => this.stream === stream && this.watchOver(stream, 0, count + 1),
        (error: unknown) => {
          log.debug('engine silent', { fault: faultOf(error) });
          if (missed + 1 >= MISSED_PINGS) stream.close();
          else if (this.stream === stream) this.watchOver(stream, missed + 1, count);
        },
      );
    }, pingMs);
  }

  private async away(error: unknown): Promise<void> {
    const { engine, log, look, onAway, clock } = this.options;
    clock.clearTimeout(this.timer);
    this.stream?.close();
    this.stream = undefined;
    if (this.stopping.signal.aborted) return;
    const wasUp = this.state === 'up';
    this.state = this.seen ? 'away' : 'none';
    const { fault, reason } = await diagnose(error, engine.address, look);
    const changed = reason !== this.reason;
    this.reason = reason;
    if (changed) log.warn(wasUp ? 'engine went away' : 'no engine', { fault, reason });
    if (wasUp) onAway();
  }
}
