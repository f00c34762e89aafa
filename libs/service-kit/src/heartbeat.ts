import type { Bus } from '@deckwatch/bus';
import { subjects, token, type ServiceName, type ServiceStatus } from '@deckwatch/contracts';
import type { Parts } from './parts.ts';
import type { Usage } from './usage.ts';

export interface Identity {
  service: ServiceName;
  instance: string;
  version: string;
  startedAt: number;
}

const PERIOD_MS = 2000;

/** Says every two seconds that this service lives, whether it is ready, and what it costs. */
export class Heartbeat {
  private timer?: NodeJS.Timeout;

  constructor(
    private readonly bus: Bus,
    private readonly identity: Identity,
    private readonly parts: Parts,
    private readonly usage: Usage,
  ) {}

  start(): void {
    this.beat(false);
    this.timer = setInterval(() => this.beat(false), PERIOD_MS);
  }

  stop(): void {
    clearInterval(this.timer);
    this.beat(true);
  }

  private beat(stopping: boolean): void {
    const { service, instance } = this.identity;
    const status: ServiceStatus = {
      v: 1,
      t: Date.now(),
      ...this.identity,
      instance: token(instance),
      ready: !stopping && this.parts.ready,
      parts: this.parts.snapshot(),
      cpu: this.usage.cpuPercent(),
      rss: this.usage.rss(),
      stopping,
    };
    this.bus.publish(subjects.service(service, instance), status);
  }
}
