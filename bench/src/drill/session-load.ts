import { setTimeout as sleep } from 'node:timers/promises';
import type { Bus } from '@deckwatch/bus';

/** Sessions that begin: each of them a log item that must not be lost. */
export class SessionLoad {
  /** Ids of sessions whose start was acknowledged. */
  readonly begun = new Set<string>();
  private ended = false;
  private turn: Promise<void> = Promise.resolve();

  constructor(private readonly bus: Bus) {}

  start(perSecond: number): void {
    this.turn = this.sessionsAt(perSecond);
  }

  async stop(): Promise<void> {
    this.ended = true;
    await this.turn;
  }

  private async sessionsAt(perSecond: number): Promise<void> {
    for (let n = 0; !this.ended; n += 1) {
      void this.begin(`s-${n}`);
      await sleep(1000 / perSecond);
    }
  }

  /** An application that tries until it is heard. */
  private async begin(id: string): Promise<void> {
    for (let attempt = 0; attempt < 20 && !this.ended; attempt += 1) {
      try {
        const answer = await this.bus.request('deckwatch.ingest.sessions.drill', { id, user: id, op: 'start' });
        if ((answer as { ok?: boolean }).ok) return void this.begun.add(id);
      } catch {
        // nobody answered: once more
      }
      await sleep(500);
    }
  }
}
