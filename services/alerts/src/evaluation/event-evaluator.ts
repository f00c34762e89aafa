import { containerKey, subjects, type AlertMessage, type ContainerEvent } from '@deckwatch/contracts';
import type { Track } from '../lifecycle/alert-desk.ts';
import { observe, type Timing } from '../lifecycle/alert-life.ts';
import type { EventRule, Selectable } from '../rules/compiled-rule.ts';
import { DueTimes } from './due-times.ts';
import { Failures, isMeant } from './event-sense.ts';
import { EventWindow } from './event-window.ts';
import { isUnhealthy, targetOf } from './targets.ts';
import { RULE_CHANGED, type EvaluatorOptions } from './threshold-evaluator.ts';

/** One event rule on one container that such events happened to. */
interface Series {
  rule: EventRule;
  readonly target: AlertMessage['target'];
  readonly window: EventWindow;
  readonly failures: Failures;
  /** Of a rule on `unhealthy`: the container is, now. */
  unhealthy: boolean;
  readonly track: Track;
  judgedAt: number;
  /** When it is looked at next without an event; null: no look is waiting. */
  due: number | null;
}

/**
 * `fresh`: as it happens. `again`: read again after a restart, what the stored alert says already is not said twice.
 * `old`: all that follows from it is stored; it only counts for windows.
 */
export type Freshness = 'fresh' | 'again' | 'old';

const HEALTHY = 'healthy again';
const NOT_RUNNING = 'the container is not running';
const QUIET = 'did not happen again';
const MAX_SERIES = 100_000;

export type UnhealthyContainer = Selectable & { key: string };

/** Event rules over what happens to containers. Counts by the time of the event; its end needs a timer of the clock. */
export class EventEvaluator {
  readonly rules = new Map<string, EventRule>();
  private readonly series = new Map<string, Series>();
  private readonly dues: DueTimes<Series>;
  private active = false;

  constructor(private readonly options: EvaluatorOptions) {
    this.dues = new DueTimes(options.clock, (series, at) => this.look(series, at));
    this.dues.hold();
  }

  get size(): number {
    return this.series.size;
  }

  /** Takes up the alerts that the desk restored. Nothing ends by time until `setHearing(true)`: events may be waiting. */
  activate(): void {
    this.active = true;
    for (const track of this.options.desk.live()) {
      const rule = this.rules.get(track.ruleId);
      if (!rule || this.series.has(track.subject)) continue;
      const series = this.open(rule, track.last.target);
      if (countsAny(rule)) series.window.reached(track.last.firedAt ?? track.last.since);
      series.unhealthy = levelOf(rule);
      this.schedule(series);
    }
  }

  /** Counts nothing any more of containers of shards that are not held. */
  release(): void {
    for (const [subject, { target }] of this.series)
      if (!this.options.shards.owns(target.key)) this.series.delete(subject);
  }

  deactivate(): void {
    this.active = false;
    this.series.clear();
    this.dues.clear();
    this.dues.hold();
  }

  setHearing(hearing: boolean): void {
    if (hearing) this.dues.release();
    else this.dues.hold();
  }

  setRule(rule: EventRule): void {
    const before = this.rules.get(rule.rule.id);
    if (before && before.version !== rule.version) this.dropRule(before.rule.id, RULE_CHANGED);
    this.rules.set(rule.rule.id, rule);
    for (const series of this.series.values()) if (series.rule.rule.id === rule.rule.id) series.rule = rule;
  }

  dropRule(id: string, reason: string): void {
    this.rules.delete(id);
    for (const [subject, series] of this.series) {
      if (series.rule.rule.id !== id) continue;
      this.options.desk.end(series.track, this.options.clock.now(), reason);
      this.options.desk.forgetUnsaid(series.track);
      this.series.delete(subject);
    }
  }

  /** What happened to a container, in the order of the stream. */
  event(event: ContainerEvent, freshness: Freshness = 'fresh'): void {
    if (!this.active) return;
    const key = containerKey(event.host, event.id);
    if (!this.options.shards.owns(key)) return;
    for (const rule of this.rules.values()) {
      const present = this.series.get(subjects.alert(rule.rule.id, key));
      if (!present && !rule.events.has(event.event) && !(levelOf(rule) && isUnhealthy(event))) continue;
      if (present || rule.selects(event)) this.take(event, rule, present, freshness);
    }
  }

  /**
   * Brings alerts on `unhealthy` in line with the inventory: for containers that were so before the rule or this
   * service was there, and for those whose recovery was missed.
   */
  settleHealth(unhealthy: Iterable<UnhealthyContainer>): void {
    const present = new Map([...unhealthy].map((container) => [container.key, container]));
    const now = this.options.clock.now();
    for (const series of [...this.series.values()]) {
      if (series.unhealthy && !present.has(series.target.key)) this.judgeHealth(series, false, now, HEALTHY);
    }
    for (const rule of this.rules.values()) {
      if (!levelOf(rule)) continue;
      for (const container of present.values()) {
        if (!rule.selects(container) || this.series.size >= MAX_SERIES) continue;
        this.judgeHealth(this.open(rule, targetOf({ ...container, kind: 'container' })), true, now);
      }
    }
  }

  /** Another hand wrote the alert of a track: look at it as it is now. */
  refresh(track: Track): void {
    const rule = this.rules.get(track.ruleId);
    if (rule && track.last) this.schedule(this.open(rule, track.last.target));
  }

  private take(event: ContainerEvent, rule: EventRule, present: Series | undefined, freshness: Freshness): void {
    if (!present && this.series.size >= MAX_SERIES) return;
    const series =
      present ?? this.open(rule, targetOf({ ...event, kind: 'container', key: containerKey(event.host, event.id) }));
    if (freshness !== 'old') this.advance(series, event.t);
    const counts =
      rule.events.has(event.event) && !(levelOf(rule) && event.event === 'unhealthy') && !isMeant(event) && !series.failures.isSame(event); // prettier-ignore
    if (counts) series.window.add(event.t);
    const wasUnhealthy = series.unhealthy;
    series.unhealthy = levelOf(rule) && isUnhealthy(event);
    const { track } = series;
    const known =
      freshness === 'old' ||
      (freshness === 'again' && (track.life ? event.t <= track.changedAt : event.t < track.changedAt));
    const matters = counts || series.unhealthy !== wasUnhealthy;
    if (matters && !known) this.judge(series, event.t, reasonOf(event, counts));
    this.schedule(series);
  }

  private judgeHealth(series: Series, unhealthy: boolean, t: number, reason?: string): void {
    if (series.unhealthy === unhealthy && (!unhealthy || series.track.life)) return;
    series.unhealthy = unhealthy;
    this.judge(series, t, reason);
    this.schedule(series);
  }

  private judge(series: Series, t: number, reason?: string): void {
    const { rule, track, target, window } = series;
    const holds = series.unhealthy || window.holds(t);
    const step = observe(
      track.life,
      { t, verdict: holds ? 'breach' : 'clear', reason: holds ? reason : (reason ?? QUIET) },
      timingOf(rule),
    );
    const value = series.unhealthy ? 1 : window.countAt(t);
    this.options.desk.apply(track, rule, target, step, value);
    series.judgedAt = Math.max(t, series.judgedAt);
  }

  /** Does what came due before `t`, in its order. */
  private advance(series: Series, t: number): void {
    for (let next = nextLook(series); next !== null && next < t && series.track.life; next = nextLook(series))
      this.judge(series, next);
  }

  private look(series: Series, at: number): void {
    if (series.due !== at || this.series.get(series.track.subject) !== series) return;
    series.due = null;
    if (series.track.life) this.judge(series, at);
    this.schedule(series);
  }

  private schedule(series: Series): void {
    if (!series.track.life && !series.unhealthy && series.window.staleAt <= this.options.clock.now()) {
      this.series.delete(series.track.subject);
      this.options.desk.forgetUnsaid(series.track);
      return;
    }
    const next = nextLook(series);
    if (next === null || (series.due !== null && series.due <= next)) return;
    series.due = next;
    this.dues.add(next, series);
  }

  private open(rule: EventRule, target: AlertMessage['target']): Series {
    const subject = subjects.alert(rule.rule.id, target.key);
    const present = this.series.get(subject);
    if (present) return present;
    const { desk, beganBefore } = this.options;
    const track = desk.track(rule.rule.id, target, beganBefore(rule.rule.id, target.key));
    const window = new EventWindow(rule.condition.count, rule.condition.withinMs);
    const failures = new Failures();
    const series: Series = { rule, target, window, track, failures, unhealthy: false, judgedAt: 0, due: null };
    this.series.set(subject, series);
    return series;
  }
}

/** Whether a rule is on the state of being unhealthy, not on how often that begins. */
function levelOf(rule: EventRule): boolean {
  return rule.condition.count === 1 && rule.events.has('unhealthy');
}

function timingOf({ rule }: EventRule): Timing {
  return { forMs: rule.forMs, keepMs: rule.keepMs, gapMs: Infinity };
}

/** Whether a rule counts events, and be it beside the state of being unhealthy. */
function countsAny(rule: EventRule): boolean {
  return !levelOf(rule) || rule.events.size > 1;
}

/** The next moment at which something follows without an event; null: none. */
function nextLook({ track, rule, window, unhealthy, judgedAt }: Series): number | null {
  const { life } = track;
  if (!life) return unhealthy ? null : window.staleAt;
  const times = [
    life.state === 'pending' ? life.since + rule.rule.forMs : Infinity,
    life.clearing ? life.clearing.since + rule.rule.keepMs : Infinity,
    unhealthy ? Infinity : (window.holdsUntil ?? judgedAt),
  ];
  const next = Math.min(...times.filter((time) => time > judgedAt));
  return Number.isFinite(next) ? next : null;
}

function reasonOf(event: ContainerEvent, counts: boolean): string | undefined {
  if (counts && (event.event === 'died' || event.event === 'oom')) {
    const code = event.exitCode === null ? [] : [`exit code ${event.exitCode}`];
    return [...code, ...(event.oomKilled ? ['out of memory'] : [])].join(', ') || undefined;
  }
  if (counts || isUnhealthy(event)) return undefined;
  return event.state === 'running' && event.health === 'healthy' ? HEALTHY : NOT_RUNNING;
}
