import { subjects, type AlertMessage } from '@deckwatch/contracts';
import type { CompiledRule } from '../rules/compiled-rule.ts';
import { end, type Life, type LiveState, type Step, type Transition } from './alert-life.ts';
import { alertText, FLAPPING, nameOfTarget } from './alert-text.ts';

/** One rule on one target: how its alert stands, and how often it began. */
export interface Track {
  readonly subject: string;
  readonly ruleId: string;
  readonly kind: AlertMessage['target']['kind'];
  readonly key: string;
  began: number;
  life: Life | null;
  /** The alert's last message while it lives. */
  last: AlertMessage | null;
  /** `t` of the last message of all, Unix milliseconds; 0: none. */
  saidAt: number;
  /** When its state last changed, Unix milliseconds; 0: never. */
  changedAt: number;
  /** When it last fired, the oldest first, at most FLAP_COUNT times. */
  firings: number[];
}

/** What keeps an alert from being notified. */
export type Quiet = Pick<AlertMessage, 'silencedBy' | 'inhibitedBy'>;

/** Knows what keeps alerts quiet, and hears of each message. */
export interface Hush {
  quietOf(message: AlertMessage): Quiet;
  heard(message: AlertMessage): void;
}

const LOUD: Hush = { quietOf: () => ({ silencedBy: [], inhibitedBy: null }), heard: () => undefined };
/** An alert that fires so often within that time is flapping. */
export const FLAP_COUNT = 5;
export const FLAP_MS = 10 * 60_000;

export type Announce = (subject: string, message: AlertMessage) => void;

/**
 * Turns transitions into messages: numbers them, and gives each to `announce` in order. Holds a track for every subject
 * that has messages, so its size is that of the stream.
 */
export class AlertDesk {
  private readonly tracks = new Map<string, Track>();

  constructor(
    private readonly announce: Announce,
    private readonly hush: Hush = LOUD,
  ) {}

  get size(): number {
    return this.tracks.size;
  }

  /** All alerts that are pending, firing or without data. */
  *live(): Generator<Track & { life: Life; last: AlertMessage }> {
    for (const track of this.tracks.values()) if (track.life && track.last) yield track as never;
  }

  find(ruleId: string, targetKey: string): Track | undefined {
    return this.tracks.get(subjects.alert(ruleId, targetKey));
  }

  bySubject(subject: string): Track | undefined {
    return this.tracks.get(subject);
  }

  /** The track of a rule on a target, made when there is none yet. */
  track(ruleId: string, target: AlertMessage['target'], beganBefore = 0): Track {
    const subject = subjects.alert(ruleId, target.key);
    const present = this.tracks.get(subject);
    if (present) return present;
    const track: Track = {
      subject,
      ruleId,
      kind: target.kind,
      key: target.key,
      began: beganBefore,
      life: null,
      last: null,
      saidAt: 0,
      changedAt: 0,
      firings: [],
    };
    this.tracks.set(subject, track);
    return track;
  }

  /** Takes over the alert as it stands in the stream. */
  restore(subject: string, message: AlertMessage): Track {
    const track = this.tracks.get(subject) ?? this.track(message.rule.id, message.target);
    const live = message.state !== 'resolved';
    track.began = beganOf(message.id);
    track.life = live ? lifeOf(message) : null;
    track.last = live ? message : null;
    track.saidAt = message.t;
    track.changedAt = message.change === 'state' ? message.t : (message.firedAt ?? message.since);
    track.firings = message.flapping ? Array<number>(FLAP_COUNT).fill(message.firedAt ?? message.t) : [];
    return track;
  }

  /** Applies what the state machine said, and announces it. */
  apply(track: Track, rule: CompiledRule, target: AlertMessage['target'], step: Step, value: number | null): void {
    track.life = step.life;
    for (const said of step.transitions) {
      const message = this.next(track, said, {
        rule: { id: rule.rule.id, name: rule.rule.name, version: rule.version },
        severity: rule.rule.severity,
        target,
        metric: rule.kind === 'threshold' ? rule.condition.metric : null,
        value,
        threshold: rule.kind === 'threshold' ? rule.threshold : rule.condition.count,
        message: alertText(rule, target, said, value),
      });
      this.say(track, message);
    }
  }

  /** Resolves a live alert for a reason of its own; the rule may be gone. */
  end(track: Track, t: number, reason: string): void {
    const { last } = track;
    const step = end(track.life, t, reason);
    track.life = step.life;
    for (const said of step.transitions) {
      if (!last) continue;
      const { rule, severity, target, metric, threshold } = last;
      const message = `${nameOfTarget(target)}: ${reason}`;
      this.say(track, this.next(track, said, { rule, severity, target, metric, value: null, threshold, message }));
    }
  }

  /** Says of a live alert that somebody took it on, or what keeps it quiet; its state stays. `t`: Unix milliseconds. */
  mark(
    track: Track,
    change: 'ack' | 'silence' | 'inhibit',
    fields: Partial<Pick<AlertMessage, 'ack' | 'silencedBy' | 'inhibitedBy'>>,
    t: number,
  ): AlertMessage | null {
    const { last } = track;
    if (!last) return null;
    const message: AlertMessage = { ...last, ...fields, change, seq: last.seq + 1, t: Math.max(t, track.saidAt) };
    this.say(track, message);
    return message;
  }

  /** Forgets a track of which nothing was ever said: the stream has no subject for it. */
  forgetUnsaid(track: Track): void {
    if (track.saidAt === 0) this.tracks.delete(track.subject);
  }

  /** Forgets a subject that was purged. */
  forget(subject: string): void {
    this.tracks.delete(subject);
  }

  /** Keeps only what of these targets is known: another writes the rest. */
  keepOnly(isMine: (targetKey: string) => boolean): void {
    for (const { subject, key } of this.tracks.values()) if (!isMine(key)) this.tracks.delete(subject);
  }

  /** What was last said of a track stands in the stream otherwise: after what somebody else said of the alert. */
  reword(subject: string, message: AlertMessage): void {
    const track = this.tracks.get(subject);
    if (!track) return;
    track.saidAt = message.t;
    track.last = message.state === 'resolved' ? null : message;
  }

  clear(): void {
    this.tracks.clear();
  }

  private next(
    track: Track,
    said: Transition,
    about: Pick<AlertMessage, 'rule' | 'severity' | 'target' | 'metric' | 'value' | 'threshold' | 'message'>,
  ): AlertMessage {
    const { last } = track;
    if (!last) track.began += 1;
    const t = Math.max(said.t, track.saidAt);
    const flapping = said.state === 'firing' ? flaps(track, t) : (last?.flapping ?? false);
    const message: AlertMessage = {
      v: 1,
      id: `${track.subject.split('.').slice(2).join('-')}-${track.began}`,
      seq: (last?.seq ?? 0) + 1,
      change: 'state',
      ...about,
      state: said.state,
      since: said.since,
      firedAt: said.firedAt,
      resolvedAt: said.resolvedAt === null ? null : t,
      t,
      ack: last?.ack ?? null,
      silencedBy: last?.silencedBy ?? [],
      inhibitedBy: last?.inhibitedBy ?? null,
      reason: said.reason,
      ...(flapping && { flapping, message: `${about.message} ${FLAPPING}` }),
    };
    return { ...message, ...this.hush.quietOf(message) };
  }

  private say(track: Track, message: AlertMessage): void {
    track.last = message.state === 'resolved' ? null : message;
    track.saidAt = message.t;
    if (message.change === 'state') track.changedAt = message.t;
    // It may have been forgotten since it was last resolved.
    this.tracks.set(track.subject, track);
    this.announce(track.subject, message);
    this.hush.heard(message);
  }
}

/** Counts a firing; whether it is one of too many. */
function flaps(track: Track, t: number): boolean {
  track.firings.push(t);
  if (track.firings.length > FLAP_COUNT) track.firings.shift();
  return track.firings.length === FLAP_COUNT && t - track.firings[0]! <= FLAP_MS;
}

/** How often an alert began, by its id. */
export function beganOf(id: string): number {
  return Number(id.slice(id.lastIndexOf('-') + 1)) || 0;
}

function lifeOf({ state, since, firedAt }: AlertMessage): Life {
  return { state: state as LiveState, since, firedAt, clearing: null };
}
