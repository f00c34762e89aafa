import type { Receipt, Told } from './flaky-receiver.ts';

/** A message of the ALERTS stream as somebody who knows only the contract reads it. */
export interface Stored extends Told {
  /** The sequence in the stream. */
  order: number;
  subject: string;
  change: string;
}

const placeOf = ({ id, seq }: Pick<Told, 'id' | 'seq'>): string => `${id} ${seq}`;
const isNotified = ({ change, state }: Stored): boolean => change === 'state' && state !== 'pending';
const bySubject = (stored: Stored[]): Map<string, Stored[]> => Map.groupBy(stored, ({ subject }) => subject);

/** What is wrong with the stream: a transition stored twice, left out, or in the wrong place. */
export function storyFaults(stored: Stored[], wantedLives: number): string[] {
  const faults: string[] = [];
  for (const [subject, messages] of bySubject(stored)) {
    let before: Stored | undefined;
    for (const message of messages) {
      const fault = stepFault(before, message);
      if (fault) faults.push(`${subject}: ${fault} at ${placeOf(message)} ${message.state}`);
      before = message;
    }
    const fired = messages.filter(({ state }) => state === 'firing').length;
    if (fired !== wantedLives) faults.push(`${subject}: fired ${fired} times instead of ${wantedLives}`);
    if (before?.state !== 'resolved') faults.push(`${subject}: not resolved in the end`);
  }
  return faults;
}

function stepFault(before: Stored | undefined, message: Stored): string | undefined {
  if (before && before.state !== 'resolved') {
    if (message.id !== before.id) return `another alert began while ${before.id} lived`;
    if (message.seq !== before.seq + 1) return `follows ${before.seq}`;
    if (message.change === 'state' && !['firing', 'resolved'].includes(message.state)) return 'no such step';
    if (message.change === 'state' && message.state === before.state) return 'said twice';
    return undefined;
  }
  const number = (id: string | undefined): number => Number(id?.split('-').at(-1) ?? 0);
  if (message.seq !== 1) return 'does not begin with 1';
  if (number(message.id) !== number(before?.id) + 1) return `is numbered after ${before?.id ?? 'nothing'}`;
  return message.state === 'resolved' ? 'resolved before it began' : undefined;
}

/** Transitions to be notified that no accepted notice told of. */
export function untold(stored: Stored[], receipts: Receipt[]): string[] {
  const told = new Set(receipts.filter(({ accepted }) => accepted).map(placeOf));
  const fired = new Set(stored.filter(({ state }) => state === 'firing').map(({ id }) => id));
  // A pending alert that recovers is resolved without anybody having heard of it.
  const wanted = stored.filter((message) => isNotified(message) && fired.has(message.id));
  return wanted.map(placeOf).filter((place) => !told.has(place));
}

export interface NoticeFindings {
  faults: string[];
  /** Transitions that were taken more than once, and how often more. */
  doubles: number;
}

/** What is wrong with what was taken: twice under different keys, what was never stored, or out of order. */
export function noticeFindings(stored: Stored[], receipts: Receipt[]): NoticeFindings {
  const known = new Map(stored.map((message) => [placeOf(message), message] as const));
  const keys = new Map<string, string>();
  const taken: { receipt: Receipt; message: Stored }[] = [];
  const faults: string[] = [];
  let doubles = 0;
  for (const receipt of receipts.filter(({ accepted }) => accepted)) {
    const place = placeOf(receipt);
    const message = known.get(place);
    const key = keys.get(place);
    if (message?.state !== receipt.state) faults.push(`${place} ${receipt.state} was told and is not stored`);
    else taken.push({ receipt, message });
    if (key !== undefined) doubles += 1;
    if (key !== undefined && key !== receipt.key) faults.push(`${place} was told under ${key} and ${receipt.key}`);
    keys.set(place, receipt.key);
  }
  return { faults: [...faults, ...disorder(taken)], doubles };
}

/** Where a notice told of an alert what is older than what another one had told before. Each says its own in order. */
function disorder(taken: { receipt: Receipt; message: Stored }[]): string[] {
  const faults: string[] = [];
  for (const [subject, ofSubject] of Map.groupBy(taken, ({ message }) => message.subject)) {
    let reached = 0;
    for (const members of Map.groupBy(ofSubject, ({ receipt }) => receipt.attempt).values()) {
      const orders = members.map(({ message }) => message.order);
      const inOrder = orders.every((order, at) => at === 0 || order > orders[at - 1]!);
      if (!inOrder || orders.at(-1)! < reached) faults.push(`${subject}: ${placeOf(members[0]!.message)} came too late, by ${members[0]!.receipt.key}`); // prettier-ignore
      reached = Math.max(reached, orders.at(-1)!);
    }
  }
  return faults;
}

/** What is wrong with what a console saw: items of the stream that it missed, saw twice or out of order. */
export function consoleFaults(stored: Stored[], seen: number[], from: number): string[] {
  const wanted = stored.map(({ order }) => order).filter((order) => order > from);
  const known = new Set(seen);
  const faults = wanted.filter((seq) => !known.has(seq)).map((seq) => `a console missed ${seq}`);
  for (const [at, seq] of seen.entries())
    if (at > 0 && seq <= seen[at - 1]!) faults.push(`a console saw ${seq} after ${seen[at - 1]}`);
  return faults;
}
