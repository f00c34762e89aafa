import { FencedOut, type Log } from '@deckwatch/bus';
import { AlertMessage, KEEP_ENDED_MS } from '@deckwatch/contracts';

/** What the store needs of the stream; {@link import('@deckwatch/bus').SubjectLog} with a fenced purge. */
export interface AlertLog {
  append(subject: string, message: object, expected: number, signal: AbortSignal): Promise<number>;
  /** Deletes the messages of a subject up to a sequence. */
  purge(subject: string, upTo: number): Promise<void>;
}

export interface StoreEvents {
  /** It is in the stream now. */
  onStored?(subject: string, message: AlertMessage, seq: number): void;
  /** Whether alerts of a target are written here; default: all. */
  isMine?(targetKey: string): boolean;
  /** What waits goes on after a mark of somebody else: the last of it as it is going to be stored. */
  onReworded?(subject: string, message: AlertMessage): void;
  /** Somebody else wrote the subject: what was to follow is void, this is how it stands. */
  onFenced(subject: string, message: AlertMessage): void;
  onPurged(subject: string): void;
}

export interface Known {
  /** The subject's last sequence; 0: it has none. */
  seq: number;
  /** When its alert was resolved; null: it lives. */
  endedAt: number | null;
  targetKey: string;
}

type Task = { kind: 'write'; message: AlertMessage } | { kind: 'purge'; before?: () => Promise<void> };

/** Subjects that are written at the same time. */
const PARALLEL = 128;
/** So many transitions may wait for the broker; then no further samples are taken. */
const MAX_WAITING = 10_000;
/** Another writer's clock may be ahead by so much. */
const CLOCKS_APART_MS = 3_600_000;

/**
 * The way of transitions into the stream: those of one subject in order, each after the one before is stored, many
 * subjects at once. A transition waits as long as the broker is away.
 */
export class AlertStore {
  private readonly known = new Map<string, Known>();
  /** What the stream says of alerts that are not resolved. */
  private readonly live = new Map<string, AlertMessage>();
  private readonly queues = new Map<string, Task[]>();
  /** Who waits until nothing of a subject waits any more. */
  private readonly waiters = new Map<string, (() => void)[]>();
  private readonly ready: string[] = [];
  private readonly abort = new AbortController();
  private running = 0;
  private queued = 0;

  constructor(
    private readonly log: AlertLog,
    private readonly events: StoreEvents,
    private readonly logger: Log,
  ) {}

  /** Transitions that are not stored yet. */
  get waiting(): number {
    return this.queued;
  }

  get full(): boolean {
    return this.queued >= MAX_WAITING;
  }

  /** The last message of a subject, as it was read from the stream. */
  learn(subject: string, seq: number, message: AlertMessage): void {
    const ended = message.state === 'resolved';
    const endedAt = ended ? (message.resolvedAt ?? message.t) : null;
    this.known.set(subject, { seq, endedAt, targetKey: message.target.key });
    if (ended) this.live.delete(subject);
    else this.live.set(subject, message);
  }

  /** The last message of each alert that is pending, firing or without data: only what is stored. */
  active(): AlertMessage[] {
    return [...this.live.values()];
  }

  /** The same with subject and sequence. */
  *standing(): Generator<{ subject: string; order: number; message: AlertMessage }> {
    for (const [subject, message] of this.live) yield { subject, order: this.known.get(subject)?.seq ?? 0, message };
  }

  /** The last message of a subject whose alert lives, with its sequence. */
  stored(subject: string): { seq: number; message: AlertMessage } | undefined {
    const message = this.live.get(subject);
    return message && { seq: this.known.get(subject)?.seq ?? 0, message };
  }

  /** Resolves when nothing of a subject waits any more. */
  whenStored(subject: string): Promise<void> {
    if (!this.queues.has(subject)) return Promise.resolve();
    return new Promise((resolve) => this.waiters.set(subject, [...(this.waiters.get(subject) ?? []), resolve]));
  }

  /** Resolves when nothing waits any more of targets that are no longer written here, or it is closed. */
  async whenLeftStored(): Promise<void> {
    const left = [...this.queues.keys()].filter((subject) => !this.isMine(this.targetOf(subject)));
    await Promise.all(left.map((subject) => this.whenStored(subject)));
  }

  /** Whether this message of the stream was neither written nor read here, nor is being written. */
  isForeign(subject: string, seq: number): boolean {
    return !this.queues.has(subject) && seq > (this.known.get(subject)?.seq ?? 0);
  }

  push(subject: string, message: AlertMessage): void {
    this.enqueue(subject, { kind: 'write', message });
  }

  /** The stream was made anew and holds nothing of what was known. */
  startAnew(): void {
    this.tellAgain(this.known.entries(), 0);
  }

  /** What others wrote is as it is going to be read. */
  forgetOthers(): void {
    for (const [subject, { targetKey }] of this.known) if (!this.isMine(targetKey)) this.forget(subject);
  }

  /** The last sequence of each subject that the stream has, but for those that are being written. */
  holdings(): Map<string, Known> {
    return new Map([...this.known].filter(([subject, { seq }]) => seq > 0 && !this.queues.has(subject)));
  }

  /**
   * The stream has nothing of these any more: what lives is written once more, as it stands, by whoever writes it. Returns
   * how many of them were taken out by somebody else: they are as they were when that was found, and no other writer has
   * purged them by `now`, Unix milliseconds.
   */
  tellAgain(missing: Iterable<[subject: string, known: Known]>, now: number): number {
    let lost = 0;
    for (const [subject, known] of [...missing]) {
      if (this.known.get(subject) !== known) continue;
      const isMine = this.isMine(known.targetKey);
      if (isMine || !isOver(known, now + CLOCKS_APART_MS)) lost += 1;
      if (!isMine) {
        this.forget(subject);
        continue;
      }
      this.known.set(subject, { ...known, seq: 0 });
      const message = this.live.get(subject);
      if (message && !this.queues.has(subject)) this.push(subject, message);
    }
    return lost;
  }

  /** Subjects whose alert was resolved so long ago that they are no longer kept. */
  *expired(now: number): Generator<string> {
    for (const [subject, known] of this.known)
      if (isOver(known, now) && !this.queues.has(subject) && this.isMine(known.targetKey)) yield subject;
  }

  /** Deletes the messages of an expired subject, after `before`; a failure leaves it for the next time. */
  purge(subject: string, before?: () => Promise<void>): void {
    this.enqueue(subject, { kind: 'purge', before });
  }

  close(): void {
    this.abort.abort();
    this.queues.clear();
    this.ready.length = 0;
    this.queued = 0;
    for (const subject of [...this.waiters.keys()]) this.wake(subject);
  }

  private forget(subject: string): void {
    this.known.delete(subject);
    this.live.delete(subject);
  }

  private isMine(targetKey: string): boolean {
    return this.events.isMine?.(targetKey) ?? true;
  }

  /** Whose alert it is that waits. */
  private targetOf(subject: string): string {
    const write = this.queues.get(subject)?.find((task) => task.kind === 'write');
    return write?.message.target.key ?? this.known.get(subject)?.targetKey ?? '';
  }

  private wake(subject: string): void {
    const waiters = this.waiters.get(subject);
    this.waiters.delete(subject);
    waiters?.forEach((resolve) => resolve());
  }

  private enqueue(subject: string, task: Task): void {
    if (this.abort.signal.aborted) return;
    this.queued += 1;
    const queue = this.queues.get(subject);
    if (queue) {
      queue.push(task);
      return;
    }
    this.queues.set(subject, [task]);
    this.ready.push(subject);
    this.pump();
  }

  private pump(): void {
    while (this.running < PARALLEL && this.ready.length > 0) {
      const subject = this.ready.shift()!;
      this.running += 1;
      void this.work(subject).finally(() => {
        this.running -= 1;
        this.pump();
      });
    }
  }

  private async work(subject: string): Promise<void> {
    const queue = this.queues.get(subject);
    while (queue && queue.length > 0 && !this.abort.signal.aborted) {
      const task = queue[0]!;
      await (task.kind === 'write' ? this.write(subject, task.message, queue) : this.erase(subject, task));
      if (this.abort.signal.aborted) return;
      if (queue[0] === task) {
        queue.shift();
        this.queued -= 1;
      }
    }
    if (this.abort.signal.aborted) return;
    this.queues.delete(subject);
    this.wake(subject);
  }

  private async write(subject: string, message: AlertMessage, queue: Task[]): Promise<void> {
    try {
      const seq = await this.log.append(subject, message, this.known.get(subject)?.seq ?? 0, this.abort.signal);
      this.learn(subject, seq, message);
      this.events.onStored?.(subject, message, seq);
    } catch (error) {
      if (this.abort.signal.aborted) return;
      if (error instanceof FencedOut) await this.stepBack(subject, message, queue, error);
      else
        this.logger.error('transition not stored', { subject, id: message.id, seq: message.seq, fault: String(error) });
    }
  }

  /** The subject is not as it was known: adopt what stands there; where nothing stands, write there. */
  private async stepBack(subject: string, message: AlertMessage, queue: Task[], fence: FencedOut): Promise<void> {
    const stored = AlertMessage.safeParse(fence.stored);
    const before = this.live.get(subject);
    this.known.set(subject, { seq: fence.seq, endedAt: null, targetKey: message.target.key });
    if (!stored.success) return this.write(subject, message, queue);
    if (before && isMark(stored.data, before)) return this.goOnAfter(subject, stored.data, fence.seq, queue);
    this.logger.warn('another writer came first', { subject, id: stored.data.id, seq: stored.data.seq });
    this.queued -= queue.length;
    queue.length = 0;
    this.learn(subject, fence.seq, stored.data);
    this.events.onFenced(subject, stored.data);
  }

  /** Somebody marked the alert meanwhile: what waits follows that mark, so that no transition is lost by it. */
  private async goOnAfter(subject: string, mark: AlertMessage, seq: number, queue: Task[]): Promise<void> {
    this.learn(subject, seq, mark);
    let [before, ack] = [mark, mark.ack];
    for (const task of queue) {
      if (task.kind !== 'write' || task.message.id !== mark.id) continue;
      if (task.message.change === 'ack') ack = task.message.ack;
      task.message = { ...task.message, ack, seq: before.seq + 1, t: Math.max(before.t, task.message.t) };
      before = task.message;
    }
    const last = queue.findLast((task) => task.kind === 'write');
    if (last?.kind === 'write') this.events.onReworded?.(subject, last.message);
    const [first] = queue;
    if (first?.kind === 'write') await this.write(subject, first.message, queue);
  }

  private async erase(subject: string, task: Extract<Task, { kind: 'purge' }>): Promise<void> {
    const known = this.known.get(subject);
    if (!known || known.endedAt === null) return;
    try {
      await task.before?.();
      // In other hands by now.
      if (this.abort.signal.aborted || !this.isMine(known.targetKey)) return;
      await this.log.purge(subject, known.seq);
      this.known.delete(subject);
      this.events.onPurged(subject);
    } catch (error) {
      this.logger.warn('subject not purged', { subject, fault: String(error) });
    }
  }
}

/** Whether the alert was resolved so long ago that whoever writes it purges it. */
function isOver({ endedAt }: Known, now: number): boolean {
  return endedAt !== null && endedAt + KEEP_ENDED_MS <= now;
}

/** Whether the alert stands in its life as it was known: somebody only took it on or silenced it. */
function isMark(stored: AlertMessage, before: AlertMessage): boolean {
  const { id, seq, state, since, firedAt } = before;
  if (stored.change === 'state' || stored.id !== id || stored.seq <= seq) return false;
  return stored.state === state && stored.since === since && stored.firedAt === firedAt;
}
