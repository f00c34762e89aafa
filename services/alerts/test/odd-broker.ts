import type { Bus } from '@deckwatch/bus';
import { BUCKETS, STREAMS } from '@deckwatch/contracts';

/** What one instance meets at its broker while the others don't. */
export class OddBroker {
  /** What it is refused: to look at the stream of alerts, or to write its leases. */
  readonly refuses = new Set<'looks' | 'leases'>();
  readonly refused: string[] = [];
  /** Happens once, right before it looks at the stream of alerts. */
  beforeLook?: () => Promise<void>;
  private readonly held: (() => void)[] = [];
  private holds = false;

  readonly onBus = ({ js, jsm }: Bus): void => {
    const publish = js.publish.bind(js);
    js.publish = async (subject, ...rest) => {
      if (subject.startsWith(`$KV.${BUCKETS.leases.name}.`)) this.mayRefuse('leases');
      if (this.holds && subject.startsWith('deckwatch.alerts.'))
        await new Promise<void>((resolve) => this.held.push(resolve));
      return publish(subject, ...rest);
    };
    const info = jsm.streams.info.bind(jsm.streams);
    jsm.streams.info = async (stream, ...rest) => {
      if (stream === STREAMS.ALERTS.name) await this.look();
      return info(stream, ...rest);
    };
  };

  /** What it writes of alerts waits. */
  holdAlerts(): void {
    this.holds = true;
  }

  letAlertsGo(): void {
    this.holds = false;
    this.held.splice(0).forEach((goOn) => goOn());
  }

  private async look(): Promise<void> {
    this.mayRefuse('looks');
    const { beforeLook } = this;
    this.beforeLook = undefined;
    await beforeLook?.();
  }

  private mayRefuse(what: 'looks' | 'leases'): void {
    if (!this.refuses.has(what)) return;
    this.refused.push(what);
    throw new Error(`refused: ${what}`);
  }
}
