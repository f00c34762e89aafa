import type { AlertMessage, AlertRule, ContainerEvent, HostReport, StatsSweep } from '@deckwatch/contracts';
import type { Clock } from '@deckwatch/service-kit';
import { AlertDesk, type Announce, type Track } from '../lifecycle/alert-desk.ts';
import { NO_SILENCES, NoiseKeeper, type Silences } from '../noise/noise-keeper.ts';
import { compileRule, type CompiledRule } from '../rules/compiled-rule.ts';
import { OwnShards, shardOf } from './own-shards.ts';
import { EventEvaluator, type Freshness } from './event-evaluator.ts';
import { SERVICE_REMOVED } from './service-sums.ts';
import { NO_LONGER_SELECTED } from './target-index.ts';
import { CONTAINER_REMOVED, RULE_CHANGED, ThresholdEvaluator } from './threshold-evaluator.ts';

export const RULE_DELETED = 'the rule was deleted';
export const RULE_DISABLED = 'the rule was switched off';

export interface EvaluatorPorts {
  clock: Clock;
  /** Takes each transition, in order. */
  announce: Announce;
  /** How often the alert of a rule on a target began before its subject was purged. */
  beganBefore?(ruleId: string, targetKey: string): number;
  silences?: Silences;
  /** Default: there is one. */
  shards?: OwnShards;
}

/** All rules on all targets: what comes in goes, in order, to the evaluators; what follows goes to the desk. */
export class Evaluator {
  readonly desk: AlertDesk;
  readonly thresholds: ThresholdEvaluator;
  readonly events: EventEvaluator;
  readonly noise: NoiseKeeper;
  readonly shards: OwnShards;
  private readonly rules = new Map<string, AlertRule>();
  private active = false;

  constructor(private readonly ports: EvaluatorPorts) {
    this.shards = ports.shards ?? new OwnShards();
    const about = (kind: string, key: string) => this.thresholds.index.find(kind, key);
    this.noise = new NoiseKeeper({ clock: ports.clock, silences: ports.silences ?? NO_SILENCES, about });
    this.desk = new AlertDesk(ports.announce, this.noise);
    const options = {
      clock: ports.clock,
      desk: this.desk,
      beganBefore: ports.beganBefore ?? (() => 0),
      shards: this.shards,
      isGone: (host: string) => this.noise.isGone(host),
    };
    this.thresholds = new ThresholdEvaluator(options);
    this.events = new EventEvaluator(options);
  }

  /** The longest time over which events count, milliseconds. */
  get longestWindowMs(): number {
    return Math.max(
      0,
      ...[...this.events.rules.values()].map(({ condition, rule }) => condition.withinMs + rule.keepMs + rule.forMs),
    );
  }

  /** Takes a rule as it now is; false: it is of a kind that is not evaluated here. */
  setRule(rule: AlertRule): boolean {
    this.rules.set(rule.id, rule);
    const compiled = rule.enabled ? compileRule(rule) : undefined;
    if (!compiled) this.stopRule(rule.id, rule.enabled ? RULE_CHANGED : RULE_DISABLED);
    else if (compiled.kind === 'threshold') {
      this.events.dropRule(rule.id, RULE_CHANGED);
      this.thresholds.setRule(compiled);
    } else {
      this.thresholds.dropRule(rule.id, RULE_CHANGED);
      this.events.setRule(compiled);
      if (this.active) this.settleHealth();
    }
    return compiled !== undefined || !rule.enabled;
  }

  dropRule(id: string): void {
    this.rules.delete(id);
    this.stopRule(id, RULE_DELETED);
  }

  /**
   * Begins to evaluate the targets of these shards, beside those that it does already, from the last message of each
   * subject of the stream.
   */
  activate(stored: Iterable<[subject: string, message: AlertMessage]>, shards: Iterable<number> = [0]): void {
    const before = new Set(this.shards);
    for (const shard of shards) this.shards.add(shard);
    const ofOthers: AlertMessage[] = [];
    for (const [subject, message] of stored) {
      const shard = shardOf(message.target.key, this.shards.count);
      if (!this.shards.has(shard)) ofOthers.push(message);
      else if (!before.has(shard)) this.desk.restore(subject, message);
    }
    const now = this.ports.clock.now();
    for (const { kind, key } of this.desk.live()) if (kind === 'sessions') this.thresholds.apps.ensure(key);
    for (const track of [...this.desk.live()]) {
      const reason = this.strayReason(track);
      if (reason) this.desk.end(track, now, reason);
    }
    this.active = true;
    this.noise.activate(this.desk, ofOthers);
    this.thresholds.activate();
    this.events.activate();
  }

  /** Says nothing any more of the targets of a shard: another does. */
  release(shard: number): void {
    this.shards.drop(shard);
    this.desk.keepOnly((key) => this.shards.owns(key));
    this.thresholds.release();
    this.events.release();
  }

  deactivate(): void {
    this.active = false;
    this.shards.clear();
    this.noise.deactivate();
    this.thresholds.deactivate();
    this.events.deactivate();
    this.desk.clear();
  }

  sweep(sweep: StatsSweep): void {
    this.thresholds.sweep(sweep);
  }

  hostReport(report: HostReport): void {
    this.thresholds.hostReport(report);
  }

  /** A host of which it is known that it was there. */
  knowHost(host: string): void {
    this.thresholds.knowHost(host);
  }

  forgetHost(host: string): void {
    this.thresholds.forgetHost(host);
    // A live alert of a host that has not reported since the start has no target yet.
    for (const track of [...this.desk.live()]) {
      if (track.kind === 'host' && track.key === host)
        this.desk.end(track, this.ports.clock.now(), 'the host was forgotten');
    }
  }

  /** The inventory: how a container stands. */
  container(event: ContainerEvent): void {
    this.thresholds.container(event);
  }

  /** The log: what happened to a container. */
  event(event: ContainerEvent, freshness: Freshness): void {
    this.events.event(event, freshness);
  }

  /** All events that were waiting are in: what goes by time and by the inventory's health may go on. */
  caughtUp(): void {
    if (!this.active) return;
    this.settleHealth();
    this.events.setHearing(true);
  }

  /** Whether samples and events can come in; after `true`, events may be waiting until {@link caughtUp}. */
  setHearing(hearing: boolean): void {
    this.thresholds.setHearing(hearing);
    if (!hearing) this.events.setHearing(false);
  }

  /** Somebody takes a live alert on, or (`note` null) gives it back; undefined: no such alert lives. */
  acknowledge(id: string, by: string, note: string | null): AlertMessage | undefined {
    for (const track of this.desk.live()) {
      if (track.last.id !== id) continue;
      const at = this.ports.clock.now();
      const ack = note === null ? null : { by, at, note };
      const same = note === null ? track.last.ack === null : track.last.ack?.by === by && track.last.ack.note === note;
      return same ? track.last : (this.desk.mark(track, 'ack', { ack }, at) ?? undefined);
    }
    return undefined;
  }

  /** Another hand wrote this subject, or another shard its own: the message is how the alert stands. */
  adopt(subject: string, message: AlertMessage): void {
    if (!this.active) return;
    if (this.shards.owns(message.target.key)) {
      const track = this.desk.restore(subject, message);
      this.thresholds.refresh(track);
      this.events.refresh(track);
    }
    this.noise.heard(message);
  }

  /** Why a stored alert can't go on; undefined: it can. */
  private strayReason({ ruleId, kind, key, last }: Track & { last: AlertMessage }): string | undefined {
    const rule = this.rules.get(ruleId);
    if (!rule) return RULE_DELETED;
    if (!rule.enabled) return RULE_DISABLED;
    const compiled: CompiledRule | undefined = this.thresholds.index.rules.get(ruleId) ?? this.events.rules.get(ruleId);
    if (!compiled || compiled.version !== (last.rule.version ?? compiled.version)) return RULE_CHANGED;
    if (compiled.kind === 'event') return undefined;
    const target = this.thresholds.index.find(kind, key);
    if (!target) return kind === 'host' ? undefined : kind === 'service' ? SERVICE_REMOVED : CONTAINER_REMOVED;
    return target.watches.some((watch) => watch.rule === compiled) ? undefined : NO_LONGER_SELECTED;
  }

  private stopRule(id: string, reason: string): void {
    this.thresholds.dropRule(id, reason);
    this.events.dropRule(id, reason);
    if (!this.active) return;
    // Alerts of hosts that have not reported since the start.
    for (const track of [...this.desk.live()])
      if (track.ruleId === id) this.desk.end(track, this.ports.clock.now(), reason);
  }

  private settleHealth(): void {
    const unhealthy = [...this.thresholds.index.targets()].filter((target) => target.unhealthy && target.mine);
    this.events.settleHealth(unhealthy);
  }
}
