import type { NatsConnection } from '@nats-io/transport-node';
import { jetstream } from '@nats-io/jetstream';
import { subjects } from '@deckwatch/contracts';
import { aContainerEvent, aStatsRow, aStatsSweep } from '@deckwatch/testing';
import { between } from './chance.ts';

const HOSTS = 5;
export const SWEEP_MS = 500;

/** Containers on a few hosts that are quiet or busy, all together but not at the same moment; sweeps as collectors send them. */
export class BusyFleet {
  private readonly busyAt: number[];
  private busy = false;
  private timer?: NodeJS.Timeout;

  constructor(
    private readonly connection: NatsConnection,
    private readonly size: number,
    private readonly chance: () => number,
  ) {
    this.busyAt = Array.from({ length: size }, () => 0);
  }

  async appear(): Promise<void> {
    const js = jetstream(this.connection);
    for (let index = 0; index < this.size; index += 1) {
      const [host, id] = this.placeOf(index);
      const event = aContainerEvent({ host, id, name: `${index % 2 === 0 ? 'web' : 'db'}-${index}`, t: Date.now() });
      await js.publish(subjects.container(host, id), JSON.stringify(event));
    }
    this.timer = setInterval(() => this.sweep(), SWEEP_MS);
  }

  /** Each turns at a moment of its own within `spreadMs`. */
  turn(busy: boolean, spreadMs: number): void {
    this.busy = busy;
    const now = Date.now();
    for (let index = 0; index < this.size; index += 1) this.busyAt[index] = now + between(this.chance, 0, spreadMs);
  }

  leave(): void {
    clearInterval(this.timer);
  }

  private sweep(): void {
    const t = Date.now();
    for (let host = 0; host < HOSTS; host += 1) {
      const rows = [];
      for (let index = host; index < this.size; index += HOSTS)
        rows.push(aStatsRow(this.placeOf(index)[1], { cpu: this.cpuOf(index, t) }));
      const sweep = aStatsSweep({ host: hostName(host), t, intervalMs: SWEEP_MS, rows: rows as never });
      if (!this.connection.isClosed()) this.connection.publish(subjects.stats(hostName(host)), JSON.stringify(sweep));
    }
  }

  private cpuOf(index: number, t: number): number {
    const busy = t >= this.busyAt[index]! ? this.busy : !this.busy;
    return busy ? between(this.chance, 85, 200) : between(this.chance, 0, 40);
  }

  private placeOf(index: number): [host: string, id: string] {
    return [hostName(index % HOSTS), index.toString(16).padStart(12, '0')];
  }
}

const hostName = (index: number): string => `storm-${index}`;
