import {
  containerKey,
  formatDuration,
  Token,
  type ContainerEvent,
  type HostReport,
  type StatsSweep,
} from '@deckwatch/contracts';
import type { Clock } from '@deckwatch/service-kit';
import type { AlertDesk, Track } from '../lifecycle/alert-desk.ts';
import { loseSight, observe, type Timing } from '../lifecycle/alert-life.ts';
import { listOf } from '../lifecycle/alert-text.ts';
import type { CompiledRule, ThresholdRule } from '../rules/compiled-rule.ts';
import { AppSessions, type SessionSample } from './app-sessions.ts';
import { ServiceSums } from './service-sums.ts';
import type { OwnShards } from './own-shards.ts';
import { SilenceWatch, silenceOf } from './silence-watch.ts';
import { TargetIndex } from './target-index.ts';
import {
  aboutContainer,
  aboutHost,
  containerTarget,
  newTarget,
  sameDescription,
  stateOfContainer,
  targetOf,
  type Target,
  type Watch,
} from './targets.ts';

/** A sample older than the last one by more than this is no late one: the host's clock was set back. */
const CLOCK_SET_BACK_MS = 60_000;
const MAX_TARGETS = 100_000;
const BEGINS = new Set(['started', 'restarted']);
/** How much longer than the last sample of a host whose alert another shard tells is waited for that alert. */
const WAIT_FOR_HOST_MS = 2000;
/** How often the sessions of apps are counted. */
export const SESSIONS_EVERY_MS = 1000;

export const CONTAINER_REMOVED = 'the container was removed';
export const CONTAINER_STOPPED = 'the container is not running';
export const HOST_FORGOTTEN = 'the host was forgotten';
export const RULE_CHANGED = 'the rule was changed';

export interface EvaluatorOptions {
  clock: Clock;
  desk: AlertDesk;
  /** How often the alert of a rule on a target began before its subject was purged. */
  beganBefore(ruleId: string, targetKey: string): number;
  shards: OwnShards;
  /** Whether an alert says that a host is gone. */
  isGone(host: string): boolean;
}

/**
 * Threshold rules over samples, as they arrive. While it is not active it only learns of targets and rules, so that a
 * second instance can stand by and take over with a warm index.
 */
export class ThresholdEvaluator {
  readonly index: TargetIndex;
  readonly apps: AppSessions;
  /** Samples taken so far. */
  samples = 0;
  private active = false;
  private readonly memTotals = new Map<string, number | null>();
  private readonly silence: SilenceWatch;
  private readonly services: ServiceSums;

  constructor(private readonly options: EvaluatorOptions) {
    this.silence = new SilenceWatch(
      options.clock,
      (target) => this.minds(target),
      (target, now, heardAt) => this.loseSightOf(target, now, heardAt),
    );
    this.index = new TargetIndex({
      onWatch: (target, watch) => this.takeUp(target, watch),
      onUnwatch: (_target, watch, reason) => this.end(watch, reason),
      isMine: (key) => this.active && options.shards.owns(key),
    });
    this.services = new ServiceSums(this.index);
    this.apps = new AppSessions(this.index);
  }

  /** Begins to judge the targets of shards that are held since; the alerts that the desk restored are taken up. */
  activate(): void {
    if (!this.active) this.silence.setHearing(true);
    this.active = true;
    for (const target of this.index.targets()) {
      if (target.mine || !this.options.shards.owns(target.key)) continue;
      target.mine = true;
      for (const watch of target.watches) this.takeUp(target, watch);
      if (target.ended) this.endFigures(target);
    }
  }

  /** Judges what is not held any more no longer. */
  release(): void {
    for (const target of this.index.targets()) if (target.mine && !this.options.shards.owns(target.key)) letGo(target);
  }

  deactivate(): void {
    this.active = false;
    this.silence.clear();
    for (const target of this.index.targets()) {
      target.watchedForSilence = false;
      letGo(target);
    }
  }

  setHearing(hearing: boolean): void {
    this.silence.setHearing(hearing);
  }

  /** The samples of all containers of one host. */
  sweep(sweep: StatsSweep): void {
    const containers = this.active ? this.index.containersOf(sweep.host) : undefined;
    if (!containers) return;
    const memTotal = this.memTotals.get(sweep.host) ?? null;
    const now = this.options.clock.now();
    for (const row of sweep.rows) {
      const target = containers.get(row[0]);
      if (!target || !this.accept(target, sweep.t, sweep.intervalMs, now)) continue;
      target.lastRow = row;
      if (!target.mine) continue;
      for (const watch of target.watches) this.judge(target, watch, watch.rule.readRow(row, target, memTotal), sweep.t);
    }
    this.services.sweep(sweep, (service) => {
      if (this.accept(service, sweep.t, sweep.intervalMs, now) && service.mine) this.judgeService(service, sweep.t);
    });
  }

  hostReport(report: HostReport): void {
    const target = this.hostOf(report);
    if (!target) return;
    target.lastReport = report;
    this.memTotals.set(report.host, report.memTotal);
    if (!this.active || !this.accept(target, report.t, report.intervalMs) || !target.mine) return;
    for (const watch of target.watches) this.judge(target, watch, watch.rule.readReport(report), report.t);
  }

  /** How many sessions the apps have. */
  sessions(sample: SessionSample): void {
    if (!this.active) return;
    for (const app of this.apps.sample(sample)) {
      if (!this.accept(app, sample.t, SESSIONS_EVERY_MS) || !app.mine) continue;
      for (const watch of app.watches)
        this.judge(app, watch, this.apps.valueOf(app, watch.rule.condition.metric, sample.t), sample.t);
    }
  }

  /** Whether a rule wants to know of sessions, and of single ones. */
  wantsSessions(): { sessions: boolean; events: boolean } {
    const metrics = [...this.index.rules.values()].flatMap(({ rule, condition }) =>
      rule.target === 'sessions' ? [condition.metric] : [],
    );
    return { sessions: metrics.length > 0, events: metrics.some((metric) => metric !== 'active') };
  }

  /** The inventory says how a container stands now. */
  container(event: ContainerEvent): void {
    const target = this.index.find('container', containerKey(event.host, event.id));
    if (event.event === 'removed') {
      if (target) this.remove(target, event.t);
      return;
    }
    if (target && (target.project !== event.project || target.service !== event.service))
      this.services.removed(target, event.t);
    if (target) this.update(target, event);
    else if (this.index.size < MAX_TARGETS) this.index.add(containerTarget(event));
    const present = target ?? this.index.find('container', containerKey(event.host, event.id));
    if (!present) return;
    this.services.container(present, event);
    if (present.mine) this.judgeRestarts(present, event.t);
  }

  /** A host that was heard of before this service was there: it may be gone already. */
  knowHost(host: string): void {
    if (this.index.hosts.has(host) || this.index.size >= MAX_TARGETS) return;
    const target = newTarget('host', host, aboutHost(host));
    this.index.add(target);
  }

  forgetHost(host: string): void {
    const target = this.index.hosts.get(host);
    if (target) this.index.drop(target, HOST_FORGOTTEN);
    this.memTotals.delete(host);
  }

  /** The stream was made anew: what the inventory said is void. */
  forgetContainers(): void {
    for (const target of [...this.index.targets()])
      if (target.kind === 'container') this.remove(target, this.options.clock.now());
  }

  setRule(rule: ThresholdRule): void {
    this.index.setRule(rule, RULE_CHANGED);
    const { app } = rule.rule.select;
    if (rule.rule.target === 'sessions' && Token.safeParse(app).success) this.apps.ensure(app!);
  }

  dropRule(id: string, reason: string): void {
    this.index.dropRule(id, reason);
  }

  /** Another hand wrote the alert of a track: take it as it is now. */
  refresh(track: Track): void {
    const target = this.index.find(track.kind, track.key);
    const watch = target?.watches.find((one) => one.rule.rule.id === track.ruleId);
    if (watch) watch.track = track.life ? track : null;
  }

  /** The targets that a rule, stored or not, would watch. */
  select({ rule, selects }: CompiledRule): Target[] {
    return [...this.index.targets()].filter((target) => target.kind === rule.target && selects(target));
  }

  /** What a rule would have to judge of a target now; null: unknown. */
  valueOf(target: Target, rule: ThresholdRule): number | null {
    if (target.kind === 'service') return this.services.valueOf(target, rule.condition.metric, target.sampledAt);
    if (target.kind === 'sessions') return this.apps.valueOf(target, rule.condition.metric, target.sampledAt);
    if (target.lastReport) return rule.readReport(target.lastReport);
    const memTotal = this.memTotals.get(target.host) ?? null;
    return target.lastRow && !target.ended ? rule.readRow(target.lastRow, target, memTotal) : null;
  }

  private update(target: Target, event: ContainerEvent): void {
    const about = aboutContainer(event);
    const same = sameDescription(target, about);
    // Its samples are due from now on, however long it rested.
    if (BEGINS.has(event.event) || !target.running) target.heardAt = this.options.clock.now();
    Object.assign(target, about, stateOfContainer(event));
    if (!same) this.index.select(target);
    if (target.ended) this.endFigures(target);
    else if (this.active) this.silence.watch(target);
  }

  private remove(target: Target, t: number): void {
    this.services.removed(target, t);
    this.index.drop(target, CONTAINER_REMOVED);
  }

  private judgeService(service: Target, t: number): void {
    for (const watch of service.watches)
      this.judge(service, watch, this.services.valueOf(service, watch.rule.condition.metric, t), t);
  }

  /** Restarts are known by the event: a container in a restart loop may never live long enough for a sample. */
  private judgeRestarts(target: Target, t: number): void {
    for (const watch of target.watches) {
      if (watch.rule.condition.metric === 'restarts')
        this.judge(target, watch, target.restarts, Math.max(t, target.sampledAt));
    }
  }

  private hostOf({ host }: HostReport): Target | undefined {
    this.knowHost(host);
    return this.index.hosts.get(host);
  }

  /** Late and repeated samples are passed over; a clock that was set back is not. */
  private accept(target: Target, t: number, intervalMs: number, now = this.options.clock.now()): boolean {
    if (t <= target.sampledAt && target.sampledAt - t <= CLOCK_SET_BACK_MS) return false;
    target.sampledAt = t;
    target.heardAt = now;
    target.intervalMs = intervalMs;
    if (target.mine) this.samples += 1;
    return true;
  }

  private judge(target: Target, watch: Watch, value: number | null, t: number): void {
    if (value === null) return;
    const verdict = watch.rule.judge(value, watch.window, t);
    if (watch.track === null && verdict !== 'breach') return;
    const track = watch.track ?? this.trackOf(target, watch);
    const step = observe(track.life, { t, verdict }, timingOf(watch.rule, target));
    this.options.desk.apply(track, watch.rule, targetOf(target), step, value);
    watch.track = track.life ? track : null;
  }

  private trackOf(target: Target, { rule }: Watch): Track {
    const { desk, beganBefore } = this.options;
    return desk.track(rule.rule.id, targetOf(target), beganBefore(rule.rule.id, target.key));
  }

  private takeUp(target: Target, watch: Watch): void {
    if (!target.mine) return;
    const { desk } = this.options;
    const track = desk.size > 0 ? desk.find(watch.rule.rule.id, target.key) : undefined;
    watch.track = track?.life ? track : null;
    if (watch.rule.rule.noData === 'alert') this.silence.watch(target);
  }

  private end(watch: Watch, reason: string): void {
    if (watch.track) this.options.desk.end(watch.track, this.options.clock.now(), reason);
    watch.track = null;
  }

  /** A container that stopped has no figures any more, but it keeps its number of restarts. */
  private endFigures(target: Target): void {
    for (const watch of target.watches)
      if (watch.rule.condition.metric !== 'restarts') this.end(watch, CONTAINER_STOPPED);
  }

  private runningOn(host: string): string[] {
    return [...(this.index.containersOf(host)?.values() ?? [])].flatMap(({ running, name }) => (running ? [name] : []));
  }

  private minds(target: Target): boolean {
    return target.mine && this.isMinded(target);
  }

  /** Whether somebody wants to know that its samples are missing. */
  private isMinded(target: Target): boolean {
    if (!target.running || this.index.find(target.kind, target.key) !== target) return false;
    return target.watches.some((watch) => watch.rule.rule.noData === 'alert');
  }

  /** Returns false where another shard has something to say first. */
  private loseSightOf(target: Target, now: number, heardAt: number): boolean {
    const host = target.kind === 'container' ? this.index.hosts.get(target.host) : undefined;
    // A host that is gone is said first: it stands in the place of its containers.
    if (host && this.silence.isAway(host, now)) {
      if (host.mine) this.loseSightOf(host, now, heardAt);
      else if (this.isMinded(host) && !this.options.isGone(host.host)) {
        const patience = silenceOf(target) + 2 * host.intervalMs + WAIT_FOR_HOST_MS;
        if (now - heardAt < patience) return false;
      }
    }
    const others = target.kind === 'host' ? this.runningOn(target.host) : [];
    const along = others.length > 0 ? `; out of sight with it: ${listOf(others)}` : '';
    const reason = `no samples for ${formatDuration(now - heardAt)}${along}`;
    for (const watch of target.watches) {
      if (watch.rule.rule.noData !== 'alert') continue;
      const track = watch.track ?? this.trackOf(target, watch);
      this.options.desk.apply(track, watch.rule, targetOf(target), loseSight(track.life, now, reason), null);
      watch.track = track.life ? track : null;
    }
    return true;
  }
}

function letGo(target: Target): void {
  target.mine = false;
  for (const watch of target.watches) Object.assign(watch, { track: null, window: watch.rule.newWindow() });
}

function timingOf({ rule }: ThresholdRule, target: Target): Timing {
  return { forMs: rule.forMs, keepMs: rule.keepMs, gapMs: silenceOf(target) };
}
