import { setTimeout as sleep } from 'node:timers/promises';
import type Docker from 'dockerode';
import type { Bus } from '@deckwatch/bus';

const STEADY = 5;

/** Sessions that begin and end, and containers that die: each of them a log item that must not be lost. */
export class Load {
  /** Ids of sessions whose start was acknowledged. */
  readonly begun = new Set<string>();
  /** Short ids of the containers that died. */
  readonly died = new Set<string>();
  private ended = false;
  private readonly turns: Promise<void>[] = [];

  constructor(
    private readonly docker: Docker,
    private readonly bus: Bus,
  ) {}

  /** @param sessions begun a second; a container dies every two seconds */
  async start(sessions: number): Promise<void> {
    for (let n = 0; n < STEADY; n += 1) await this.container(`steady-${n}`, 'while :; do sleep 1; done');
    this.turns.push(this.sessionsAt(sessions), this.deaths());
  }

  async stop(): Promise<void> {
    this.ended = true;
    await Promise.all(this.turns);
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

  private async deaths(): Promise<void> {
    for (let n = 0; !this.ended; n += 1) {
      const container = await this.container(`mortal-${n}`, 'sleep 0.3; exit 3');
      this.died.add(container.id.slice(0, 12));
      await sleep(2000);
    }
  }

  private async container(name: string, command: string): Promise<Docker.Container> {
    const container = await this.docker.createContainer({ Image: 'busybox:local', name, Cmd: ['sh', '-c', command] });
    await container.start();
    return container;
  }
}
