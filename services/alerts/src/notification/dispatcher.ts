import { faultOf, RpcFault, type Log } from '@deckwatch/bus';
import type { AlertMessage, Delivery } from '@deckwatch/contracts';
import type { Clock } from '@deckwatch/service-kit';
import type { Answer } from './http-call.ts';
import { finishedEntry, shown, type Ledger, type LedgerEntry, type LedgerLine } from './ledger.ts';
import { groupNotice } from './group-notice.ts';
import { GIVE_UP_MS, pauseAfter } from './retry-schedule.ts';

/** A queue of attempts; adding one that is queued already changes nothing. */
export interface AttemptQueue {
  /** Resolves false when the queue is out of reach; then a sweep adds it later. */
  add(delivery: { id: string; channelId: string }, delayMs: number): Promise<boolean>;
  /** The channel asked for a pause: nothing goes to it meanwhile. */
  rest(channelId: string, ms: number): Promise<void>;
}

/** Sends to a channel; undefined: the channel is gone. Throws what went wrong on the way. */
export type Send = (channelId: string, id: string, message: AlertMessage) => Promise<Answer | undefined>;

export interface DispatcherOptions {
  ledger: Ledger;
  queue: AttemptQueue;
  send: Send;
  channelExists(id: string): boolean;
  clock: Clock;
  log: Log;
  random?: () => number;
  /** A firing notice that failed so often gives way to its `resolved`. */
  supersedeAfter?: number;
  /** Whether something keeps an alert quiet now. */
  isQuiet?(message: AlertMessage): boolean;
  /** Whether nobody else can have begun to deliver by that time, Unix milliseconds; default: nobody can. */
  deliversSince?(t: number): Promise<boolean>;
}

const SUPERSEDE_AFTER = 8;
const OUTCOME_LENGTH = 500;
/** Alerts of one notice, at most. */
const MAX_GROUP = 200;
/** Attempts that are remembered with a delivery, and the length of what is remembered of each. */
const MAX_TRIES = 10;
const TRY_LENGTH = 200;
const CHANNEL_GONE = 'the channel was deleted';
/** An attempt that is overdue by this has lost its job. */
const OVERDUE_MS = 5000;
/** So long others wait before they deliver in the place of one that they saw alive and believe gone. */
const OTHERS_WAIT_MS = 1100;
/** Who does not know whether others deliver looks again so soon: the attempt may be theirs by then. */
const UNSURE_MS = 500;

/**
 * Takes deliveries through their attempts. Only the first unfinished delivery of a chain has a job, so that the notices
 * of one alert reach one channel in order; the next one's job is made when it is finished.
 */
export class Dispatcher {
  private readonly attempting = new Set<string>();

  constructor(private readonly options: DispatcherOptions) {}

  /** A delivery that was just written. */
  async offer(line: LedgerLine): Promise<void> {
    await this.superseded(line.chain);
    const { ledger } = this.options;
    const [head] = ledger.chain(line.chain);
    // One that was held back is looked at again when something follows it.
    if (head === line.id || (head !== undefined && ledger.line(head)?.quiet)) await this.queueHead(line.chain);
  }

  /** Makes one attempt; returns the pause before the next, null: none is due. */
  async attempt(id: string): Promise<number | null> {
    const { ledger } = this.options;
    const line = ledger.line(id);
    if (line && line.state !== 'waiting') await this.settle(line);
    if (!line || line.state !== 'waiting' || ledger.chain(line.chain)[0] !== id || this.attempting.has(id)) return null;
    if (line.quiet || ledger.leaderOf(id) !== undefined) return null;
    const members = this.gather(line);
    const busy = [id, ...members];
    for (const one of busy) this.attempting.add(one);
    try {
      return await this.send(id, members);
    } finally {
      for (const one of busy) this.attempting.delete(one);
    }
  }

  /** Makes a job for each delivery that should have been tried by now. */
  async sweep(everything = false): Promise<number> {
    const { ledger, clock } = this.options;
    const now = clock.now();
    let found = 0;
    for (const line of [...ledger.heads()]) {
      // Its job went with the channel, or the channel was deleted while nobody delivered.
      if (!this.options.channelExists(line.channelId)) {
        if (!this.attempting.has(line.id)) await this.giveUp(line.chain, CHANNEL_GONE);
        continue;
      }
      const leader = ledger.line(ledger.leaderOf(line.id) ?? '');
      if (leader && leader.state !== 'waiting' && !this.attempting.has(line.id)) await this.settle(leader);
      const due = line.nextAttemptAt ?? line.notBefore ?? line.updatedAt;
      if (this.attempting.has(line.id) || (!everything && due + OVERDUE_MS > now)) continue;
      await this.superseded(line.chain);
      await this.queueHead(line.chain);
      found += 1;
    }
    return found;
  }

  /** Tries a dead delivery again, for another day. Throws RpcFault 404, 409. */
  async retry(id: string): Promise<Delivery> {
    const { ledger, clock, channelExists } = this.options;
    const entry = await ledger.entry(id);
    if (!entry) throw new RpcFault(404, `there is no delivery "${id}"`);
    if (entry.state !== 'dead' || !entry.message) throw new RpcFault(409, `the delivery is ${entry.state}, not dead`);
    if (!channelExists(entry.channelId)) throw new RpcFault(409, CHANNEL_GONE);
    const again = {
      ...entry,
      attemptsBefore: entry.attempts,
      state: 'waiting' as const,
      members: [],
      firstAttemptAt: null,
      nextAttemptAt: null,
      updatedAt: clock.now(),
    };
    await ledger.update(again);
    await this.queueHead(entry.chain);
    return shown(again);
  }

  /** Ends what waits for a channel that is gone. */
  async abandon(channelId: string): Promise<void> {
    for (const { channelId: id, chain } of [...this.options.ledger.heads()])
      if (id === channelId) await this.giveUp(chain, CHANNEL_GONE);
  }

  private async giveUp(chain: string, why: string): Promise<void> {
    const { ledger, clock } = this.options;
    for (const id of [...ledger.chain(chain)]) {
      const entry = await ledger.entry(id);
      if (entry) await ledger.update(finishedEntry(entry, 'dead', why, clock.now()));
    }
  }

  /** Those that go out with a delivery, from its first attempt on. */
  private gather(line: LedgerLine): string[] {
    const { ledger, clock } = this.options;
    if (line.notBefore === null || line.attempts > 0 || line.members.length > 0) return line.members;
    return ledger.companions(line, clock.now(), MAX_GROUP - 1, (id) => this.attempting.has(id));
  }

  /** Written before it is sent: who goes out together stays together, whatever happens. */
  private async grouped(entry: LedgerEntry, members: string[]): Promise<[LedgerEntry, ...LedgerEntry[]]> {
    const { ledger } = this.options;
    if (members.length === 0) return [entry];
    const leader = entry.members.length > 0 ? entry : { ...entry, members };
    if (leader !== entry) await ledger.update(leader);
    const others = await Promise.all(leader.members.map((id) => ledger.entry(id)));
    return [leader, ...others.filter((other) => other?.state === 'waiting' && other.message !== null)] as [LedgerEntry]; // prettier-ignore
  }

  private async send(id: string, members: string[]): Promise<number | null> {
    const { ledger, clock } = this.options;
    const found = await ledger.entry(id);
    if (!found?.message) return null;
    const [entry, ...others] = await this.grouped(found, members);
    // Another that took over read the ledger before this group was written in it, and made its own.
    const since = clock.now() - (others.length > 0 && entry.attempts === 0 ? 0 : OTHERS_WAIT_MS);
    if ((await this.options.deliversSince?.(since)) === false) return UNSURE_MS;
    const together = [entry, ...others].sort((a, b) => a.order - b.order);
    const message = groupNotice(together.map((one) => one.message!) as [AlertMessage]);
    const startedAt = clock.now();
    const result = await this.outcomeOf(entry.channelId, id, message);
    const { ok, gone, outcome, retryAfterMs } = result;
    const now = clock.now();
    const tried = triedOnce(entry, result, startedAt, now);
    if (ok) return this.finish(tried, 'delivered', outcome);
    if (gone) return this.finish(tried, 'dead', outcome);
    if (retryAfterMs !== null) await this.options.queue.rest(entry.channelId, retryAfterMs);
    const made = tried.attempts - tried.attemptsBefore;
    const pause = Math.max(pauseAfter(made, this.options.random), retryAfterMs ?? 0);
    if (now + pause - (tried.firstAttemptAt ?? now) > GIVE_UP_MS) return this.finish(tried, 'dead', outcome);
    await ledger.update({ ...tried, outcome, nextAttemptAt: now + pause, updatedAt: now });
    if (await this.superseded(tried.chain, true)) {
      await this.queueHead(tried.chain);
      return null;
    }
    return pause;
  }

  private async outcomeOf(channelId: string, id: string, message: AlertMessage): Promise<Outcome> {
    try {
      const answer = await this.options.send(channelId, id, message);
      if (!answer) return { ok: false, gone: true, outcome: CHANNEL_GONE, retryAfterMs: null };
      const { ok, retryAfterMs } = answer;
      return { ok, gone: false, outcome: outcomeText(answer), retryAfterMs };
    } catch (error) {
      const outcome = faultOf(error).slice(0, OUTCOME_LENGTH);
      return { ok: false, gone: false, outcome, retryAfterMs: null };
    }
  }

  private async finish(entry: LedgerEntry, state: 'delivered' | 'dead', outcome: string): Promise<null> {
    const { ledger, clock, log } = this.options;
    // This one write decides for the whole group: whatever happens then, none of it is told once more.
    await ledger.update(finishedEntry(entry, state, outcome, clock.now()));
    if (state === 'dead') log.warn('notice given up', { delivery: entry.id, attempts: entry.attempts, outcome });
    await this.settle(ledger.line(entry.id)!);
    await this.queueHead(entry.chain);
    return null;
  }

  /** Finishes those that went out with a delivery that is finished. */
  private async settle({ id, members, state, outcome, ...leader }: LedgerLine): Promise<void> {
    const { ledger, clock } = this.options;
    for (const memberId of members.filter((member) => ledger.leaderOf(member) === id)) {
      const member = await ledger.entry(memberId);
      if (member?.state !== 'waiting') continue;
      const { attempts, firstAttemptAt, tries } = leader;
      const shared = { ...member, attempts, firstAttemptAt, tries };
      await ledger.update(finishedEntry(shared, state, outcome ?? '', clock.now()));
      await this.queueHead(member.chain);
    }
  }

  /** Ends a notice of a chain's head that could not be delivered and whose alert is over: the `resolved` says it all. */
  private async superseded(chain: string, attemptIsOver = false): Promise<boolean> {
    const { ledger, clock, supersedeAfter = SUPERSEDE_AFTER } = this.options;
    const [head, next] = ledger.chain(chain).map((id) => ledger.line(id));
    if (!head || !next || head.alertState === 'resolved' || next.alertState !== 'resolved') return false;
    if (head.members.length > 0 || ledger.leaderOf(head.id) !== undefined) return false;
    if (next.alertId !== head.alertId || head.attempts < supersedeAfter) return false;
    if (this.attempting.has(head.id) && !attemptIsOver) return false;
    const entry = await ledger.entry(head.id);
    if (!entry) return false;
    await ledger.update(finishedEntry(entry, 'superseded', entry.outcome ?? 'never tried', clock.now()));
    return true;
  }

  private async queueHead(chain: string): Promise<void> {
    const { ledger, queue, clock } = this.options;
    const [id] = ledger.chain(chain);
    const line = id === undefined ? undefined : ledger.line(id);
    if (!line || ledger.leaderOf(line.id) !== undefined || (line.quiet && !(await this.letOut(line)))) return;
    await queue.add(line, Math.max(0, (line.nextAttemptAt ?? line.notBefore ?? 0) - clock.now()));
  }

  /** Lets a delivery go that was held back, when nothing keeps its alert quiet any more. */
  private async letOut(line: LedgerLine): Promise<boolean> {
    const { ledger, isQuiet } = this.options;
    const entry = await ledger.entry(line.id);
    if (!entry?.message || isQuiet?.(entry.message)) return false;
    await ledger.update({ ...entry, quiet: false });
    return true;
  }
}

interface Outcome {
  ok: boolean;
  /** No attempt can succeed any more. */
  gone: boolean;
  outcome: string;
  retryAfterMs: number | null;
}

/** What an answer was, in a line; a mail server's already begins with its status. */
export function outcomeText({ status, answer }: Pick<Answer, 'status' | 'answer'>): string {
  const known = status === null || answer.startsWith(String(status));
  return (known ? answer : `${status} ${answer}`).trim().slice(0, OUTCOME_LENGTH);
}

function triedOnce(entry: LedgerEntry, { ok, outcome }: Outcome, startedAt: number, now: number): LedgerEntry {
  const attempt = { t: startedAt, tookMs: Math.max(0, now - startedAt), ok, outcome: outcome.slice(0, TRY_LENGTH) };
  return {
    ...entry,
    attempts: entry.attempts + 1,
    firstAttemptAt: entry.firstAttemptAt ?? startedAt,
    tries: [...entry.tries, attempt].slice(-MAX_TRIES),
  };
}
