import type { BusSubscription } from '@deckwatch/bus';
import type { SessionEvent } from '@deckwatch/contracts';
import { percentile, round, type Figures } from '../report.ts';
import type { SessionStage } from './stage.ts';

const STAGES = ['looked at', 'in the registry', 'at the broker', 'at the socket'] as const;
type StageName = (typeof STAGES)[number];

/** Where the time goes: what the events say of themselves, and when the broker hands them to somebody else. */
export class Stages {
  private readonly taken: Record<StageName, number[]> = { 'looked at': [], 'in the registry': [], 'at the broker': [], 'at the socket': [] }; // prettier-ignore
  private readonly met = new Map<string, number[]>();
  private readonly subscription: BusSubscription;

  constructor(stage: SessionStage) {
    this.subscription = stage.bus.connection.subscribe('deckwatch.sessions.>', {
      callback: (_, message) => {
        const { id, event, t } = message.json<SessionEvent>();
        // The outbox names its entries by the registry's clock.
        const registryAt = Number(message.headers?.get('Deckwatch-Outbox-Entry').split('-')[0]);
        this.met.set(`${event} ${id}`, [t, registryAt, nowMs()]);
      },
    });
  }

  /** @param writtenAt by performance.now */
  arrived(key: string, writtenAt: number): void {
    const met = this.met.get(key);
    this.met.delete(key);
    if (!met) return;
    const times = [performance.timeOrigin + writtenAt, ...met, nowMs()];
    STAGES.forEach((name, at) => this.taken[name].push(times[at + 1]! - times[at]!));
  }

  clear(): void {
    for (const name of STAGES) this.taken[name].length = 0;
  }

  figures(): Figures {
    this.subscription.unsubscribe();
    return Object.fromEntries(
      STAGES.flatMap((name) =>
        [0.5, 0.99].map((part) => [`until ${name}: ms, p${part * 100}`, round(percentile(this.taken[name], part), 1)]),
      ),
    );
  }
}

function nowMs(): number {
  return performance.timeOrigin + performance.now();
}
