import type { AlertMessage, AlertRule, ContainerEvent, HostReport, Sample } from '@deckwatch/contracts';
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
import type { Freshness } from '../src/evaluation/event-evaluator.ts';

/** An evaluator in virtual time, with its messages as a stream would keep them. Times are milliseconds after A_MOMENT. */
export class Scene {
  readonly clock = new VirtualClock(A_MOMENT);
  readonly said: AlertMessage[] = [];
  readonly stored = new Map<string, AlertMessage>();
  readonly rules = new Map<string, AlertRule>();
  /** The last event of each container: the inventory. */
  readonly inventory = new Map<string, ContainerEvent>();
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

  get last(): AlertMessage {
    return this.said.at(-1)!;
  }

  private fresh(): Evaluator {
    return new Evaluator({
      clock: this.clock,
      announce: (subject, message) => {
        this.said.push(message);
        this.stored.set(subject, message);
      },
    });
  }

  private begin(): void {
    this.evaluator.activate(this.stored);
    this.evaluator.caughtUp();
  }
}
