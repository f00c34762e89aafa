import type { AlertMessage } from '@deckwatch/contracts';
import { silentLog, VirtualClock } from '@deckwatch/testing';
import { Dispatcher } from '../src/notification/dispatcher.ts';
import type { GroupMessage } from '../src/notification/group-notice.ts';
import type { Answer } from '../src/notification/http-call.ts';
import { Ledger } from '../src/notification/ledger.ts';
import { Notifier } from '../src/notification/notifier.ts';
import { MemoryLedgerBucket } from './memory-ledger.ts';

/** Notifier, ledger and dispatcher over a queue in virtual time; `sent` has a line for each request that was accepted. */
export class NoticeDesk {
  readonly clock = new VirtualClock();
  readonly sent: string[] = [];
  /** Idempotency keys of all requests. */
  readonly keys: string[] = [];
  notify = { groupMs: 0, repeatMs: 0 };
  quiet = new Set<string>();
  accepts = true;
  /** Until when nobody else delivers for certain, Unix milliseconds. */
  delivers = Infinity;
  /** The receiver answers when this is settled. */
  answers: Promise<unknown> = Promise.resolve();
  dispatcher!: Dispatcher;
  notifier!: Notifier;
  ledger!: Ledger;
  private readonly bucket = new MemoryLedgerBucket();
  private order = 0;

  /** All is lost but the ledger's bucket. */
  async start(): Promise<this> {
    const ledger = new Ledger(this.bucket);
    await ledger.load();
    const jobs = new Set<string>();
    const run = (id: string, delayMs: number): boolean => {
      if (jobs.has(id)) return true;
      jobs.add(id);
      this.clock.setTimeout(() => {
        if (dispatcher !== this.dispatcher) return;
        void dispatcher.attempt(id).then((pause) => {
          jobs.delete(id);
          if (pause !== null) run(id, pause);
        });
      }, delayMs);
      return true;
    };
    const dispatcher: Dispatcher = new Dispatcher({
      ledger,
      clock: this.clock,
      log: silentLog,
      random: () => 1,
      isQuiet: ({ id }) => this.quiet.has(id),
      deliversSince: async (t) => t <= this.delivers,
      channelExists: () => true,
      queue: { add: async ({ id }, delayMs) => run(id, delayMs), rest: async () => undefined },
      send: async (_channel, id, message) => {
        await this.answers;
        return this.receive(id, message);
      },
    });
    this.notifier = new Notifier({
      ledger,
      dispatcher,
      clock: this.clock,
      channelsOf: () => ['on-call'],
      channelExists: () => true,
      notifyOf: () => this.notify,
    });
    this.dispatcher = dispatcher;
    this.ledger = ledger;
    return this;
  }

  async tell(message: AlertMessage): Promise<void> {
    await this.notifier.take(subjectOf(message), (this.order += 1), message);
  }

  async remind(...messages: AlertMessage[]): Promise<void> {
    await this.notifier.remind(
      messages.map((message) => ({ subject: subjectOf(message), order: this.order, message })),
    );
    await this.clock.advance(100);
  }

  get states(): string[] {
    return this.ledger.page(100).items.map(({ state }) => state);
  }

  private receive(id: string, message: AlertMessage): Answer {
    this.keys.push(id);
    const { members = [message] } = message as Partial<GroupMessage>;
    if (this.accepts) this.sent.push(members.map((one) => `${one.target.name} ${one.state}`).join(', '));
    return { ok: this.accepts, status: this.accepts ? 200 : 503, answer: '', retryAfterMs: null };
  }
}

function subjectOf({ rule, target }: AlertMessage): string {
  return `deckwatch.alerts.${rule.id}.${target.key.replace('.', '-')}`;
}
