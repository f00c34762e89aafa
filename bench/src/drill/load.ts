import { setTimeout as sleep } from 'node:timers/promises';
import type Docker from 'dockerode';
import type { Bus } from '@deckwatch/bus';
import { SessionLoad } from './session-load.ts';

const STEADY = 5;

/** Sessions that begin and end, and containers that die: each of them a log item that must not be lost. */
export class Load {
  /** Short ids of the containers that died. */
  readonly died = new Set<string>();
  private ended = false;
  private readonly sessions: SessionLoad;
  private dying: Promise<void> = Promise.resolve();

  constructor(
    private readonly docker: Docker,
    bus: Bus,
  ) {
    this.sessions = new SessionLoad(bus);
  }

  /** Ids of sessions whose start was acknowledged. */
  get begun(): ReadonlySet<string> {
    return this.sessions.begun;
  }

  /** @param sessions begun a second; a container dies every two seconds */
  async start(sessions: number): Promise<void> {
    for (let n = 0; n < STEADY; n += 1) await this.container(`steady-${n}`, 'while :; do sleep 1; done');
    this.sessions.start(sessions);
    this.dying = this.deaths();
  }

  async stop(): Promise<void> {
    this.ended = true;
    await Promise.all([this.sessions.stop(), this.dying]);
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
