import { NEVER_MS, type SessionChange, type SessionReason } from '../../registry/session-change.ts';
import type { SessionFacts } from '../held/facts.ts';
import type { Known } from '../held/known-sessions.ts';
import type { Dirty } from './dirty-keys.ts';
import { GONE, NEW, stepsOf, type KeyStep } from './key-events.ts';
import type { KeyReading } from './key-reader.ts';

const NOTHING: SessionFacts = { user: null, attrs: {} };

/** What is known of one session, and what was found when it was looked at. */
export interface Look {
  source: { name: string; app: string };
  id: string;
  known: Known | undefined;
  dirty: Dirty;
  /** undefined: it was over, so there was nothing to read. */
  reading: KeyReading | undefined;
  /** Of the reading; null: it is not there, or can't be read. */
  facts: SessionFacts | null;
  /** When the source will end it, Unix milliseconds; Infinity: never, or not known. */
  dueAt: number;
  now: number;
  /** It is as it was told last, and will be over when it was said to. */
  unchanged: boolean;
  /** Whether all sessions are known: an end of another is one that began unseen. */
  complete: boolean;
}

export interface Told {
  changes: SessionChange[];
  /** Whether the session is there after them. */
  present: boolean;
  /** What no event told. */
  mended: 'created' | 'destroyed' | null;
  /** It is not there, and no event has told so yet. */
  missing: boolean;
}

/**
 * The changes that one look tells, in order. Events come first: each begin and each end that they tell happened. What
 * is read may be ahead of the events, never behind them: a key that is gone although its last event says otherwise
 * will have its end told next, so only a look that waits for no event, or a check of everything, believes it.
 */
export function tell(look: Look): Told {
  const { dirty, known } = look;
  const steps = stepsOf(known !== undefined, dirty.events);
  const gone = GONE[dirty.events[0] ?? ''];
  // The end of one that is not known: the registry may know it from before.
  const before = !known && gone !== undefined && !look.complete ? [endOf(look, gone)] : [];
  if (steps.length > 0) {
    const { changes, present } = byEvents(look, steps);
    return { changes: [...before, ...changes], present, mended: null, missing: false };
  }
  if (!known && gone !== undefined) return { changes: before, present: false, mended: null, missing: false };
  return byReading(look);
}

function byEvents(look: Look, steps: readonly KeyStep[]): Pick<Told, 'changes' | 'present'> {
  const changes = steps.map((step, at) => {
    if (step.kind === 'end') return endOf(look, step.reason);
    const facts = at === steps.length - 1 ? look.facts : null;
    return stateOf(look, facts, step.kind === 'begin' && isSeen(look, at) ? 'login' : 'unknown');
  });
  return { changes, present: steps.at(-1)!.kind !== 'end' };
}

/** Whether a begin is one: while not all sessions are known, the first write of another may be any of its writes. */
function isSeen({ complete, dirty }: Look, step: number): boolean {
  return complete || step > 0 || dirty.events.find((event) => GONE[event] === undefined) === NEW;
}

function byReading(look: Look): Told {
  const { known, reading, dirty, now } = look;
  const present = known !== undefined;
  const nothing = { changes: [], present, mended: null, missing: false };
  if (reading === undefined || (reading.exists && look.unchanged)) return nothing;
  if (reading.exists) {
    // Met by a check though unknown: nobody saw it begin.
    const mended = present ? null : ('created' as const);
    return { changes: [stateOf(look, look.facts, 'unknown')], present: true, mended, missing: false };
  }
  if (!known || !dirty.look) return nothing;
  if (known.missing) return { changes: [endOf(look, 'unknown')], present: false, mended: 'destroyed', missing: false };
  if (known.dueAt > now) return { ...nothing, missing: true };
  return { changes: [endOf(look, 'expired')], present: false, mended: null, missing: false };
}

function stateOf(look: Look, facts: SessionFacts | null, reason: SessionReason): SessionChange {
  const { user, attrs } = facts ?? NOTHING;
  const ttlMs = look.dueAt === Infinity ? NEVER_MS : Math.max(1, Math.round(look.dueAt - look.now));
  // What was not read, or can't be, says nothing new of one that is there.
  const op = facts === null ? 'touch' : 'start';
  return { ...common(look), op, user, attrs, ttlMs, reason };
}

function endOf(look: Look, reason: SessionReason): SessionChange {
  const said = look.known?.revoked ? 'revoked' : reason;
  return { ...common(look), op: 'end', ...NOTHING, ttlMs: 1, reason: said };
}

function common({ source, id, now }: Look) {
  return { app: source.app, id, t: null, at: now, held: source.name };
}
