import type { BusSubscription } from '@deckwatch/bus';
import { ALERTS_RPC, type AlertMessage } from '@deckwatch/contracts';
import type { Timer } from '@deckwatch/service-kit';
import { alertsHandlers } from '../rpc/alerts-handlers.ts';
import { previewRule } from '../rules/rule-preview.ts';
import { seedRules } from '../rules/seed-rules.ts';
import { sessionPast } from '../rules/session-past.ts';
import { AlertHistory } from '../storage/alert-history.ts';
import type { TermParts } from './term.ts';

const PRUNE_EVERY_MS = 10 * 60_000;

export interface LeadPorts {
  /** The alerts of all shards that live, as they are stored. */
  active(): AlertMessage[];
  /** `note` null: takes it back. Throws RpcFault 404, 409, 503. */
  acknowledge(id: string, by: string, note: string | null): Promise<AlertMessage>;
}

/** What one instance does for all shards: the one that holds the first. It answers, notifies and clears up. */
export class Lead {
  private door?: BusSubscription;
  private timer?: Timer;
  private quiet = false;

  constructor(
    private readonly parts: TermParts,
    private readonly ports: LeadPorts,
  ) {}

  /** Whether it answers nobody any more. */
  get isQuiet(): boolean {
    return this.quiet;
  }

  async start(): Promise<void> {
    const { bus, clock, evaluator, ruleBucket, seedMarks, notifications, rules, silences } = this.parts;
    await seedRules(ruleBucket, seedMarks, clock.now());
    await notifications.activate();
    const { active, acknowledge } = this.ports;
    const handlers = alertsHandlers({
      rules,
      silences,
      notifications,
      history: new AlertHistory(bus),
      active,
      acknowledge,
      preview: async (draft) =>
        previewRule(rules.check(draft), evaluator, { bus, past: (since) => sessionPast(bus, since) }),
      provisioning: () => this.parts.provisioning.status,
    });
    this.door = bus.serve('alerts', ALERTS_RPC, handlers);
    // Who sees this instance lead may call it at once.
    await bus.flush();
    this.pruneAndAgain();
  }

  /** Answers nobody any more; what is under way goes on. */
  quieten(): void {
    this.quiet = true;
    this.door?.unsubscribe();
    this.parts.clock.clearTimeout(this.timer);
  }

  async stop(): Promise<void> {
    this.quieten();
    await this.parts.notifications.deactivate();
  }

  private pruneAndAgain(): void {
    const { silences, log, clock } = this.parts;
    silences.prune().catch((fault: unknown) => log.warn('silences not pruned', { fault: String(fault) }));
    this.timer = clock.setTimeout(() => this.pruneAndAgain(), PRUNE_EVERY_MS);
  }
}
