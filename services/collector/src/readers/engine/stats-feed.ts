import { Backoff, faultOf } from '@deckwatch/bus';
import type { Log } from '@deckwatch/service-kit';
import type { Engine, EngineStream } from '../../engine/engine.ts';

/** The stats of one container as they come, for as long as it is wanted: a stream that breaks is opened again. */
export class StatsFeed {
  private readonly stop = new AbortController();
  private stream: EngineStream | undefined;
  private wake: AbortController | undefined;

  constructor(
    private readonly id: string,
    private readonly engine: Pick<Engine, 'stats'>,
    private readonly onAnswer: (answer: unknown) => void,
    private readonly log: Log,
    private readonly backoff = new Backoff({ baseMs: 500, maxMs: 30_000 }),
  ) {
    void this.run();
  }

  /** Tries at once where it is waiting to try again. */
  hurry(): void {
    this.wake?.abort();
  }

  close(): void {
    this.stop.abort();
    this.stream?.close();
    this.wake?.abort();
  }

  private async run(): Promise<void> {
    while (!this.stop.signal.aborted) {
      try {
        this.stream = await this.engine.stats(this.id, this.take);
        if (this.stop.signal.aborted) this.stream?.close();
        await this.stream?.ended;
      } catch (error) {
        this.log.debug('no stats of a container', { id: this.id, fault: faultOf(error) });
      }
      this.stream = undefined;
      if (this.stop.signal.aborted) return;
      this.wake = new AbortController();
      await this.backoff.pause(this.wake.signal);
    }
  }

  private readonly take = (answer: unknown): void => {
    if (this.stop.signal.aborted) return;
    this.backoff.reset();
    this.onAnswer(answer);
  };
}
