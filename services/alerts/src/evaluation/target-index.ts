import type { ThresholdRule } from '../rules/compiled-rule.ts';
import type { Target, Watch } from './targets.ts';

/** What became of watches when a rule or target changed. */
export interface WatchChanges {
  onWatch(target: Target, watch: Watch): void;
  onUnwatch(target: Target, watch: Watch, reason: string): void;
  /** Whether a target is judged here. */
  isMine(targetKey: string): boolean;
}

export const NO_LONGER_SELECTED = 'no longer selected by the rule';

/**
 * Which rule watches which target. Selectors are asked when a rule or a target changes, never when a sample comes.
 */
export class TargetIndex {
  readonly rules = new Map<string, ThresholdRule>();
  readonly hosts = new Map<string, Target>();
  readonly services = new Map<string, Target>();
  readonly apps = new Map<string, Target>();
  /** By host, then by container id, so that a sweep's rows are found without building keys. */
  private readonly containers = new Map<string, Map<string, Target>>();
  private total = 0;

  constructor(private readonly changes: WatchChanges) {}

  get size(): number {
    return this.total + this.hosts.size + this.services.size + this.apps.size;
  }

  containersOf(host: string): ReadonlyMap<string, Target> | undefined {
    return this.containers.get(host);
  }

  find(kind: string, key: string): Target | undefined {
    if (kind !== 'container') return this.named(kind)?.get(key);
    const dot = key.indexOf('.');
    return this.containers.get(key.slice(0, dot))?.get(key.slice(dot + 1));
  }

  *targets(): Generator<Target> {
    yield* this.hosts.values();
    yield* this.services.values();
    yield* this.apps.values();
    for (const ofHost of this.containers.values()) yield* ofHost.values();
  }

  add(target: Target): void {
    target.mine = this.changes.isMine(target.key);
    if (target.kind !== 'container') this.named(target.kind)?.set(target.key, target);
    else {
      const ofHost = this.containers.get(target.host) ?? new Map<string, Target>();
      this.containers.set(target.host, ofHost);
      if (!ofHost.has(idOf(target))) this.total += 1;
      ofHost.set(idOf(target), target);
    }
    this.select(target);
  }

  /** Drops a target; its alerts end for that reason. */
  drop(target: Target, reason: string): void {
    this.unwatchAll(target, reason);
    if (target.kind !== 'container') this.named(target.kind)?.delete(target.key);
    else {
      const ofHost = this.containers.get(target.host);
      if (ofHost?.delete(idOf(target))) this.total -= 1;
      if (ofHost?.size === 0) this.containers.delete(target.host);
    }
  }

  /** Asks all rules about a target that is new or whose description changed. */
  select(target: Target): void {
    const present = new Map(target.watches.map((watch) => [watch.rule.rule.id, watch]));
    for (const rule of this.rules.values()) this.selectOne(target, rule, present.get(rule.rule.id));
  }

  /** Takes a new or changed rule. Where it evaluates something else than before, its alerts end first. */
  setRule(rule: ThresholdRule, reason: string): void {
    const before = this.rules.get(rule.rule.id);
    if (before && before.version !== rule.version) this.dropRule(before.rule.id, reason);
    const known = this.rules.has(rule.rule.id);
    this.rules.set(rule.rule.id, rule);
    for (const target of this.targets())
      this.selectOne(target, rule, known ? watchOf(target, rule.rule.id) : undefined);
  }

  dropRule(id: string, reason: string): void {
    if (!this.rules.delete(id)) return;
    for (const target of this.targets()) {
      const watch = watchOf(target, id);
      if (watch) this.unwatch(target, watch, reason);
    }
  }

  private named(kind: string): Map<string, Target> | undefined {
    if (kind === 'host') return this.hosts;
    return kind === 'service' ? this.services : kind === 'sessions' ? this.apps : undefined;
  }

  /** @param present what the rule watches of the target until now */
  private selectOne(target: Target, rule: ThresholdRule, present: Watch | undefined): void {
    const wanted = rule.rule.target === target.kind && rule.selects(target);
    if (present && wanted) present.rule = rule;
    else if (present) this.unwatch(target, present, NO_LONGER_SELECTED);
    else if (wanted) {
      const watch: Watch = { rule, track: null, window: rule.newWindow() };
      target.watches.push(watch);
      this.changes.onWatch(target, watch);
    }
  }

  private unwatch(target: Target, watch: Watch, reason: string): void {
    target.watches = target.watches.filter((one) => one !== watch);
    this.changes.onUnwatch(target, watch, reason);
  }

  private unwatchAll(target: Target, reason: string): void {
    const { watches } = target;
    target.watches = [];
    for (const watch of watches) this.changes.onUnwatch(target, watch, reason);
  }
}

function watchOf(target: Target, ruleId: string): Watch | undefined {
  return target.watches.find(({ rule }) => rule.rule.id === ruleId);
}

function idOf(target: Target): string {
  return target.key.slice(target.host.length + 1);
}
