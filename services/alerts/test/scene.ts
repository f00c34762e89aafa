import type {
  AlertMessage,
  AlertRule,
  SilenceMatchers,
  ContainerEvent,
  HostReport,
  Sample,
} from '@deckwatch/contracts';
import {
  AN_ID,
  A_MOMENT,
  aContainerEvent,
  aHostReport,
  aRule,
  aStatsRow,
  aStatsSweep,
  VirtualClock,
} from '@deckwatch/testing';
import { Evaluator } from '../src/evaluation/evaluator.ts';
import type { SessionSample } from '../src/evaluation/app-sessions.ts';
import type { Freshness } from '../src/evaluation/event-evaluator.ts';
import { compileMatchers } from '../src/noise/silence-matcher.ts';
import type { Silences } from '../src/noise/noise-keeper.ts';

/** An evaluator in virtual time, with its messages as a stream would keep them. Times are milliseconds after A_MOMENT. */
export class Scene {
  readonly clock = new VirtualClock(A_MOMENT);
  readonly said: AlertMessage[] = [];
  readonly stored = new Map<string, AlertMessage>();
  readonly rules = new Map<string, AlertRule>();
  /** The last event of each container: the inventory. */
  readonly inventory = new Map<string, ContainerEvent>();
  private readonly silences: { id: string; matchers: SilenceMatchers; from: number; to: number }[] = [];
  evaluator = this.fresh();

  constructor(...rules: Partial<AlertRule>[]) {
    for (const rule of rules) this.rule(rule);
    this.container();
    this.begin();
  }

  rule(over: Partial<AlertRule>): void {
    const rule = aRule(over);
    this.rules.set(rule.id, rule);
    this.evaluator.setRule(rule);
  }

  /** The inventory says how a container stands, and the log what happened to it. */
  container(over: Partial<ContainerEvent> = {}, at = this.now, freshness: Freshness = 'fresh'): void {
    const event = aContainerEvent({ ...over, t: A_MOMENT + at });
    if (event.event === 'removed') this.inventory.delete(event.id);
    else this.inventory.set(event.id, event);
    this.evaluator.container(event);
    this.evaluator.event(event, freshness);
  }

  sample(over: Partial<Sample>, at = this.now, id = AN_ID): void {
    this.evaluator.sweep(aStatsSweep({ t: A_MOMENT + at, rows: [aStatsRow(id, over)] as never }));
  }

  host(over: Partial<HostReport>, at = this.now): void {
    this.evaluator.hostReport(aHostReport({ ...over, t: A_MOMENT + at }));
  }

  /** How many sessions the apps have. */
  sessions(byApp: Record<string, number>, at = this.now, over: Partial<SessionSample> = {}): void {
    this.evaluator.thresholds.sessions({ t: A_MOMENT + at, byApp, ...over });
  }

  sessionEvent(app: string, what: 'created' | 'destroyed', at = this.now): void {
    this.evaluator.thresholds.apps.event(app, what, A_MOMENT + at);
  }

  /** Nobody is to be notified of what matches, from now on for so long. */
  silence(matchers: SilenceMatchers, ms: number): void {
    this.silences.push({ id: `s${this.silences.length + 1}`, matchers, from: this.now, to: this.now + ms });
    this.evaluator.noise.refreshSilences();
  }

  get now(): number {
    return this.clock.now() - A_MOMENT;
  }

  /** Another instance takes over: it knows rules, inventory and the stream, nothing else. */
  restart(): void {
    this.evaluator.deactivate();
    this.evaluator = this.fresh();
    for (const rule of this.rules.values()) this.evaluator.setRule(rule);
    for (const event of this.inventory.values()) this.evaluator.container(event);
    this.begin();
  }

  /** `state@t` of every message, t after A_MOMENT. */
  get story(): string[] {
    return this.said.map(({ state, t }) => `${state}@${t - A_MOMENT}`);
  }

  /** `change rule host quiet` of every message that says no transition. */
  get marks(): string[] {
    return this.said
      .filter(({ change }) => change !== 'state')
      .map(
        ({ change, rule, silencedBy, inhibitedBy }) => `${change} ${rule.id} ${silencedBy.join()}|${inhibitedBy ?? ''}`,
      );
  }

  get last(): AlertMessage {
    return this.said.at(-1)!;
  }

  private fresh(): Evaluator {
    return new Evaluator({
      clock: this.clock,
      silences: this.silencesNow(),
      announce: (subject, message) => {
        this.said.push(message);
        this.stored.set(subject, message);
      },
    });
  }

  private silencesNow(): Silences {
    const on = ({ from, to }: { from: number; to: number }) => from <= this.now && this.now < to;
    return {
      matching: (subject) =>
        this.silences.filter((one) => on(one) && compileMatchers(one.matchers)(subject)).map(({ id }) => id),
      nextChange: () => {
        const next = Math.min(...this.silences.flatMap(({ from, to }) => [from, to]).filter((at) => at > this.now));
        return Number.isFinite(next) ? A_MOMENT + next : null;
      },
    };
  }

  private begin(): void {
    this.evaluator.activate(this.stored);
    this.evaluator.caughtUp();
    this.evaluator.thresholds.apps.setEventsKnown(true);
  }
}
