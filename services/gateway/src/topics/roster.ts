import { SERVICES, type ServiceName, type ServiceStatus, type SystemItem } from '@deckwatch/contracts';
import type { ItemBoard } from './item-board.ts';

const SILENT_MS = 6000;
/** How long a service that went without a word is shown as down. */
const REMEMBERED_MS = 10 * 60_000;
const MAX_INSTANCES = 2000;

type Broker = 'nats' | 'redis';

/** Keeps the topic `system`: which services live, what they lack, and whether the brokers answer. */
export class Roster {
  private readonly heard = new Map<string, { status: ServiceStatus; at: number }>();

  constructor(
    private readonly board: ItemBoard<SystemItem>,
    private readonly now: () => number,
  ) {}

  hear(status: ServiceStatus): void {
    const key = keyOf(status);
    if (status.stopping) {
      this.heard.delete(key);
      this.board.remove(key);
      return;
    }
    if (!this.heard.has(key) && this.heard.size >= MAX_INSTANCES) return;
    this.heard.set(key, { status, at: this.now() });
    this.show(status, status.ready ? 'up' : 'degraded');
    this.judgeRedis();
  }

  /** Looks who has fallen silent; to be called about once a second. */
  look(): void {
    const now = this.now();
    for (const [key, { status, at }] of this.heard) {
      if (now - at > REMEMBERED_MS) {
        this.heard.delete(key);
        this.board.remove(key);
      } else if (now - at > SILENT_MS) this.show(status, 'down');
    }
  }

  broker(name: Broker, fault: string | null): void {
    const key = `broker.${name}`;
    const before = this.board.get(key);
    if (before?.kind === 'broker' && before.reason === fault) return;
    this.board.put({ key, kind: 'broker', name, status: fault === null ? 'up' : 'down', reason: fault, t: this.now() });
  }

  /** What is wrong with a service: nothing if one of its instances is ready. */
  faultOf(service: ServiceName): string | null {
    const now = this.now();
    const heard = [...this.heard.values()].filter(({ status }) => status.service === service);
    const alive = heard.filter(({ at }) => now - at <= SILENT_MS);
    if (alive.some(({ status }) => status.ready)) return null;
    if (alive.length === 0) return heard.length === 0 ? 'not heard of yet' : 'silent';
    const faults = Object.entries(alive[0]!.status.parts).filter(([, fault]) => fault !== null);
    return faults.length === 0 ? 'not ready' : faults.map(([part, fault]) => `${part}: ${fault}`).join('; ');
  }

  /** Faults of all services but the one that asks. */
  faults(self: ServiceName): [ServiceName, string | null][] {
    return SERVICES.filter((service) => service !== self).map((service) => [service, this.faultOf(service)]);
  }

  private show({ v: _, ...status }: ServiceStatus, state: 'up' | 'degraded' | 'down'): void {
    this.board.put({ key: keyOf(status), kind: 'service', ...status, status: state });
  }

  /** The services that use Redis say how it is. */
  private judgeRedis(): void {
    const words = [...this.heard.values()].flatMap(({ status }) =>
      'redis' in status.parts ? [status.parts['redis']!] : [],
    );
    if (words.length > 0) this.broker('redis', words.find((word) => word !== null) ?? null);
  }
}

function keyOf({ service, instance }: { service: string; instance: string }): string {
  return `service.${service}.${instance}`;
}
