import { RpcFault, type Bucket, type Bus, type BusSubscription, type Log, type StreamTail } from '@deckwatch/bus';
import { AlertMessage, ALERTS_RPC, filters, STREAMS, subjects, type AlertRule } from '@deckwatch/contracts';
import type { Clock, Timer } from '@deckwatch/service-kit';
import type { Evaluator } from '../evaluation/evaluator.ts';
import type { Feeds, Position } from '../evaluation/feeds.ts';
import type { Notifications } from '../notification/notifications.ts';
import { alertsHandlers } from '../rpc/alerts-handlers.ts';
import type { SilenceBook } from '../noise/silence-book.ts';
import type { Provisioning } from '../rules/provisioning.ts';
import { previewRule } from '../rules/rule-preview.ts';
import type { RuleBook } from '../rules/rule-book.ts';
import { sessionPast } from '../rules/session-past.ts';
import { seedRules, type SeedMark } from '../rules/seed-rules.ts';
import { beganOf } from '../lifecycle/alert-desk.ts';
import { AlertHistory } from '../storage/alert-history.ts';
import { AlertStore } from '../storage/alert-store.ts';
import type { CountBook } from '../storage/count-book.ts';
import type { NumberBook } from '../storage/number-book.ts';
import { StreamGuard } from '../storage/stream-guard.ts';
import { AlertStreamLog } from '../storage/stream-log.ts';

/** What lives longer than one term. */
export interface TermParts {
  bus: Bus;
  log: Log;
  clock: Clock;
  evaluator: Evaluator;
  feeds: Feeds;
  rules: RuleBook;
  silences: SilenceBook;
  provisioning: Provisioning;
  ruleBucket: Bucket<AlertRule>;
  seedMarks: Bucket<SeedMark>;
  counts: CountBook;
  numbers: NumberBook;
  notifications: Notifications;
}

const PURGE_EVERY_MS = 10 * 60_000;

/** One time of being the instance that evaluates, notifies and answers: from the stream's state to giving way. */
export class Term {
  private readonly store: AlertStore;
  private readonly log: AlertStreamLog;
  private readonly guard: StreamGuard;
  private tail?: StreamTail;
  private door?: BusSubscription;
  private purgeTimer?: Timer;
  private stored: Position | null;
  /** Where the log of events was when it was no longer followed. */
  private reached: Position | null = null;

  /** @param before where the term before had followed the log of events to, with all that follows from it stored */
  constructor(
    private readonly parts: TermParts,
    private readonly before: Position | null,
  ) {
    this.stored = before;
    this.log = new AlertStreamLog(parts.bus);
    const onFenced = (subject: string, message: AlertMessage) => parts.evaluator.adopt(subject, message);
    const onPurged = (subject: string) => parts.evaluator.desk.forget(subject);
    this.store = new AlertStore(this.log, { onFenced, onPurged }, parts.log);
    const { clock, log, numbers } = parts;
    this.guard = new StreamGuard({ clock, log, numbers, stream: this.log, store: this.store });
  }

  /** Transitions that wait for the broker. */
  get waiting(): number {
    return this.store.waiting;
  }

  get full(): boolean {
    return this.store.full;
  }

  get active(): AlertMessage[] {
    return this.store.active();
  }

  get standing(): Iterable<{ subject: string; order: number; message: AlertMessage }> {
    return this.store.standing();
  }

  /** Where a successor has to begin. */
  get position(): Position | null {
    const position = this.parts.feeds.position ?? this.reached;
    if (position && this.store.waiting === 0) this.stored = { ...position };
    return this.stored;
  }

  announce(subject: string, message: AlertMessage): void {
    this.parts.numbers.saw(beganOf(message.id));
    this.store.push(subject, message);
  }

  async start(): Promise<void> {
    const { bus, clock, evaluator, feeds, ruleBucket, seedMarks, counts, notifications, rules, silences } = this.parts;
    await seedRules(ruleBucket, seedMarks, clock.now());
    await counts.load();
    this.followOthers(await this.learn());
    await feeds.activate(this.before, clock.now());
    await notifications.activate();
    const history = new AlertHistory(bus);
    this.door = bus.serve(
      'alerts',
      ALERTS_RPC,
      alertsHandlers({
        rules,
        silences,
        notifications,
        history,
        active: () => this.active,
        preview: async (draft) =>
          previewRule(rules.check(draft), evaluator, { bus, past: (since) => sessionPast(bus, since) }),
        provisioning: () => this.parts.provisioning.status,
        acknowledge: (id, by, note) => this.acknowledge(id, by, note),
      }),
    );
    // Who sees this instance lead may call it at once.
    await bus.flush();
    this.guard.start();
    this.purgeAndAgain();
  }

  /** Takes up all alerts as they stand. Returns the last sequence that was read. */
  private async learn(): Promise<number> {
    const { numbers, evaluator } = this.parts;
    const epoch = await this.log.epoch();
    const stored = await this.log.last();
    let [lastSeq, highest] = [0, 0];
    for (const [subject, { seq, message }] of stored) {
      this.store.learn(subject, seq, message);
      lastSeq = Math.max(lastSeq, seq);
      highest = Math.max(highest, beganOf(message.id));
    }
    await numbers.open({ epoch, subjects: stored.size, highest });
    evaluator.activate([...stored].map(([subject, { message }]) => [subject, message]));
    return lastSeq;
  }

  /** Resolves when it is stored. Throws RpcFault 404, 409. */
  private async acknowledge(id: string, by: string, note: string | null): Promise<AlertMessage> {
    const { evaluator } = this.parts;
    const said = evaluator.acknowledge(id, by, note);
    if (!said) throw new RpcFault(404, `no alert "${id}" is pending, firing or without data`);
    const subject = subjects.alert(said.rule.id, said.target.key);
    await this.store.whenStored(subject);
    const stored = this.store.last(subject);
    if (stored?.id !== id || stored.ack?.at !== said.ack?.at)
      throw new RpcFault(409, `the alert "${id}" changed meanwhile; look at it and try again`);
    return stored;
  }

  /** Stops hearing; what was said goes on being stored. */
  quieten(): void {
    this.door?.unsubscribe();
    this.reached = this.parts.feeds.position ?? this.reached;
    this.parts.feeds.deactivate();
  }

  async stop(): Promise<void> {
    this.quieten();
    this.parts.clock.clearTimeout(this.purgeTimer);
    this.guard.stop();
    this.tail?.stop();
    this.parts.evaluator.deactivate();
    this.store.close();
    await this.parts.notifications.deactivate();
  }

  /** An instance that was thought dead may still get a transition in: it is how the alert stands from then on. */
  private followOthers(lastSeq: number): void {
    let followed = false;
    this.tail = this.parts.bus.tail(STREAMS.ALERTS.name, {
      from: lastSeq + 1,
      filter: filters.allAlerts,
      onReset: ({ epoch }) => {
        if (followed) {
          this.parts.numbers.lost(epoch);
          this.store.startAnew();
        }
        followed = true;
      },
      onMessage: (item) => {
        if (!this.store.isForeign(item.subject, item.seq)) return;
        const message = AlertMessage.parse(item.json());
        this.store.learn(item.subject, item.seq, message);
        this.parts.evaluator.adopt(item.subject, message);
      },
    });
    this.tail.start();
  }

  private purgeAndAgain(): void {
    const { clock, evaluator, counts, numbers, silences, log } = this.parts;
    silences.prune().catch((fault: unknown) => log.warn('silences not pruned', { fault: String(fault) }));
    const expired = [...this.store.expired(clock.now())];
    // Known before they are gone: fewer subjects than that are a loss.
    const expected = numbers.expect(Math.max(0, this.store.holdings().size - expired.length));
    expected.catch((fault: unknown) => log.warn('nothing purged', { fault: String(fault) }));
    for (const subject of expired) {
      const keep = async (): Promise<void> => {
        await expected;
        const track = evaluator.desk.bySubject(subject);
        // Containers never come back; whatever else has a name may.
        const gone = track?.kind === 'container' && !evaluator.thresholds.index.find(track.kind, track.key);
        if (track && !gone) await counts.keep(track.ruleId, track.key, track.began);
      };
      this.store.purge(subject, keep);
    }
    this.purgeTimer = clock.setTimeout(() => this.purgeAndAgain(), PURGE_EVERY_MS);
  }
}
