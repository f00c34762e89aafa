import type { Attributes } from '@deckwatch/contracts';
import {
  attrsText,
  type Hearing,
  type Outcome,
  type RegistryRules,
  type SessionChange,
  type SessionEventName,
  type SessionReason,
} from '../src/registry/session-change.ts';

export interface Live {
  app: string;
  id: string;
  user: string | null;
  attrs: Attributes;
  createdAt: number;
  lastSeenAt: number;
  expiresAt: number;
  ttlMs: number;
  /** The time of the last word on this id. */
  t: number;
  /** When the last `updated` was told; 0: never. */
  toldAt: number;
  /** Changed since, and not told yet. */
  pending: boolean;
  /** Not looked at again before, since nobody could hear it; 0: it is not spared. */
  sparedUntil: number;
  /** The source that says when it is over; null: it expires by itself. */
  held: string | null;
}

/** An id whose session is over; forgotten at `until`. */
interface Ended {
  by: 'end' | 'expiry';
  t: number;
  until: number;
}

export interface ModelEvent {
  t: number;
  app: string;
  id: string;
  user: string | null;
  event: SessionEventName;
  reason: SessionReason;
  active: number;
  delta: number;
  attrs: Attributes;
}

/**
 * The rules of the registry in plain code: what the scripts in Redis do, one change at a time. Nothing runs on it; it
 * is the measure that the property tests hold the registry to.
 */
export class SessionModel {
  readonly live = new Map<string, Live>();
  readonly events: ModelEvent[] = [];
  private readonly ended = new Map<string, Ended>();
  private readonly apps = new Set<string>();
  private taken = 0;

  constructor(private readonly rules: RegistryRules) {}

  /** How many sessions an app has. */
  active(app: string): number {
    return [...this.live.values()].filter((session) => session.app === app).length;
  }

  /** The publisher has moved the first `count` events on. */
  publish(count: number): void {
    this.taken += count;
  }

  apply(change: SessionChange): Outcome {
    const key = `${change.app} ${change.id}`;
    const ended = this.ended.get(key);
    if (ended && ended.until <= change.at) this.ended.delete(key);
    const session = this.live.get(key);
    return session ? this.tell(key, session, change) : this.begin(key, change);
  }

  /** What is due by `now`: expiries, late updates, ids to forget; in the order in which they became due. */
  expire(now: number, hearing: Hearing): void {
    const due = [...this.live.entries()].map(([key, session]) => ({ key, at: this.dueAt(session) }));
    due.sort((a, b) => a.at - b.at || Buffer.compare(Buffer.from(a.key), Buffer.from(b.key)));
    // The first for whose event there is no room holds up those after it.
    for (const { key, at } of due) if (at > now || !this.serveDue(key, now, hearing)) break;
    for (const [key, { until }] of this.ended) if (until <= now) this.ended.delete(key);
  }

  private dueAt({ pending, expiresAt, toldAt, sparedUntil, held }: Live): number {
    const over = held === null ? expiresAt : Infinity;
    const next = pending ? Math.min(over, toldAt + this.rules.updateEveryMs) : over;
    return Math.max(next, sparedUntil);
  }

  /** Returns false when there is no room for its event. */
  private serveDue(key: string, now: number, hearing: Hearing): boolean {
    const session = this.live.get(key)!;
    const graceUntil = hearing.since + hearing.graceMs;
    const over = session.held === null && session.expiresAt <= now;
    if (over && session.lastSeenAt < hearing.since && now < graceUntil) {
      session.sparedUntil = graceUntil;
      return true;
    }
    if (this.full) return false;
    if (over) this.destroy(key, session, 'expired', 'expiry', now, session.ttlMs);
    else this.announceUpdate(session, now);
    return true;
  }

  private get full(): boolean {
    return this.events.length - this.taken >= this.rules.outboxLimit;
  }

  /** A change of a session that is there. */
  private tell(key: string, session: Live, change: SessionChange): Outcome {
    if (change.t !== null && change.t < session.t) return 'old';
    if (change.op === 'end') {
      if (this.full) return 'full';
      session.t = Math.max(session.t, change.t ?? change.at);
      this.destroy(key, session, change.reason, 'end', change.at, change.held ? 0 : change.ttlMs);
      return 'destroyed';
    }
    session.t = Math.max(session.t, change.t ?? change.at);
    session.lastSeenAt = Math.max(session.lastSeenAt, change.seenAt ?? change.at);
    session.ttlMs = change.ttlMs;
    session.held = change.held ?? null;
    session.expiresAt = Math.max(session.lastSeenAt, change.at) + change.ttlMs;
    session.sparedUntil = 0;
    return this.restate(session, change) ? this.update(session, change.at) : 'seen';
  }

  /** A start says all anew; a touch leaves alone what it does not name. */
  private restate(session: Live, change: SessionChange): boolean {
    const whole = change.op === 'start';
    const user = whole ? change.user : (change.user ?? session.user);
    const attrs = whole || attrsText(change.attrs) !== '{}' ? change.attrs : session.attrs;
    const changed = user !== session.user || attrsText(attrs) !== attrsText(session.attrs);
    Object.assign(session, { user, attrs });
    return changed;
  }

  private update(session: Live, at: number): Outcome {
    session.pending = true;
    if (at - session.toldAt < this.rules.updateEveryMs || this.full) return 'pending';
    this.announceUpdate(session, at);
    return 'updated';
  }

  private announceUpdate(session: Live, at: number): void {
    session.pending = false;
    session.toldAt = at;
    this.announce(session, 'updated', 'unknown', 0, at);
  }

  /** A change of a session that is not there. */
  private begin(key: string, change: SessionChange): Outcome {
    const ended = this.ended.get(key);
    const t = change.t ?? change.at;
    if (change.op === 'end') {
      const until = change.at + Math.max(change.held ? 0 : change.ttlMs, this.rules.rememberMs);
      this.ended.set(key, { by: 'end', t: Math.max(t, ended?.t ?? 0), until: Math.max(until, ended?.until ?? 0) });
      return 'remembered';
    }
    if (ended && !change.held) {
      const newer = change.t === null ? t >= ended.t : t > ended.t;
      if (!newer) return 'old';
      if (change.op === 'touch' && ended.by === 'end') return 'ended';
    }
    if (!this.apps.has(change.app) && this.apps.size >= this.rules.appLimit) return 'apps';
    if (this.full) return 'full';
    this.create(key, change, t);
    return 'created';
  }

  private create(key: string, change: SessionChange, t: number): void {
    const { app, id, user, attrs, ttlMs, at, madeAt = at, seenAt = at } = change;
    const times = { createdAt: madeAt, lastSeenAt: seenAt, expiresAt: at + ttlMs, t, toldAt: 0 };
    const held = change.held ?? null;
    const session: Live = { app, id, user, attrs, ttlMs, pending: false, sparedUntil: 0, held, ...times };
    this.ended.delete(key);
    this.live.set(key, session);
    this.apps.add(app);
    this.announce(session, 'created', change.reason, 1, at);
  }

  private destroy(key: string, session: Live, reason: SessionReason, by: Ended['by'], at: number, ttlMs: number): void {
    this.live.delete(key);
    this.ended.set(key, { by, t: session.t, until: at + Math.max(ttlMs, this.rules.rememberMs) });
    this.announce(session, 'destroyed', reason, -1, at);
  }

  private announce(session: Live, event: SessionEventName, reason: SessionReason, delta: number, t: number): void {
    const { app, id, user, attrs } = session;
    this.events.push({ t, app, id, user, event, reason, active: this.active(app), delta, attrs });
  }
}
