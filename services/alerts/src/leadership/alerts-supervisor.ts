import { Backoff, faultOf, type Bus, type BusSubscription, type Log } from '@deckwatch/bus';
import { randomBytes } from 'node:crypto';
import { AlertRule, BUCKETS, SilenceRecord } from '@deckwatch/contracts';
import type { Clock, Parts } from '@deckwatch/service-kit';
import { z } from 'zod';
import { Evaluator } from '../evaluation/evaluator.ts';
import { Feeds, type Position } from '../evaluation/feeds.ts';
import { Notifications, type NotificationOptions } from '../notification/notifications.ts';
import { SilenceBook } from '../noise/silence-book.ts';
import { realReferences } from '../rules/provisioned-channels.ts';
import { Provisioning } from '../rules/provisioning.ts';
import { RuleBook } from '../rules/rule-book.ts';
import { SeedMark } from '../rules/seed-rules.ts';
import { AlertCount, CountBook } from '../storage/count-book.ts';
import { NumberBook, NumberMark } from '../storage/number-book.ts';
import { Lease, LeaseRecord } from './lease.ts';
import { isGone, showPresence } from './presence.ts';
import { Term, type TermParts } from './term.ts';

export interface SupervisorOptions {
  bus: Bus;
  log: Log;
  clock: Clock;
  parts: Parts;
  /** Different for each start. */
  holder: string;
  /** The path of the provisioning file. */
  rulesFile?: string;
  /** The variables that the file may refer to. */
  env?: Readonly<Record<string, string | undefined>>;
  redis: Pick<NotificationOptions, 'redisUrl' | 'redisTls' | 'box'>;
}

const LEASE_KEY = 'alerts-evaluator';
const PART = 'evaluator';
const LAST_WRITES_MS = 2000;

/**
 * Brings the service up and down: rules, channels and inventory are followed by every instance; the one that holds the
 * lease evaluates, notifies and answers.
 */
export class AlertsSupervisor {
  private term?: Term;
  /** Whether the term has all that it needs. */
  private serving = false;
  private turn: Promise<void> = Promise.resolve();
  private hosts?: BusSubscription;
  private presence?: BusSubscription;

  private constructor(
    private readonly options: SupervisorOptions,
    private readonly held: TermParts,
    private readonly lease: Lease,
  ) {}

  /** Reads rules, channels and inventory, then competes for the lease. */
  static async start(options: SupervisorOptions): Promise<AlertsSupervisor> {
    const { bus, clock, log, parts, holder } = options;
    parts.set(PART, 'starting');
    const current: { supervisor?: AlertsSupervisor } = {};
    const held = await openParts(options, () => current.supervisor?.term);
    const leases = await bus.bucket(BUCKETS.leases, LeaseRecord);
    const lease = new Lease({
      bucket: leases,
      key: LEASE_KEY,
      holder,
      clock,
      log,
      position: () => current.supervisor?.term?.position ?? null,
      onAcquired: (before) => current.supervisor?.begin(before?.position ?? null),
      onLost: () => current.supervisor?.giveWay(),
      onSettled: () => current.supervisor?.term ?? parts.set(PART, null),
      isGone: (other) => isGone(bus, other),
    });
    current.supervisor = new AlertsSupervisor(options, held, lease);
    await current.supervisor.open();
    return current.supervisor;
  }

  /** What it evaluates with, for metrics. */
  get evaluator(): Evaluator {
    return this.held.evaluator;
  }

  get notifications(): Notifications {
    return this.held.notifications;
  }

  /** Transitions that wait for the broker. */
  get waiting(): number {
    return this.term?.waiting ?? 0;
  }

  /** Whether this instance evaluates. */
  get leading(): boolean {
    return this.lease.held && this.serving;
  }

  /** Lets out what was said, gives the lease back, ends. */
  async stop(): Promise<void> {
    this.term?.quieten();
    const limit = Date.now() + LAST_WRITES_MS;
    const hopeful = (): boolean => !this.options.bus.connection.isClosed() && Date.now() < limit;
    while (this.waiting > 0 && hopeful()) await new Promise((resolve) => setTimeout(resolve, 10));
    await this.lease.stop();
    this.giveWay();
    await this.turn;
    this.held.feeds.close();
    this.held.provisioning.close();
    this.held.rules.close();
    this.held.silences.close();
    this.hosts?.unsubscribe();
    this.presence?.unsubscribe();
    await this.held.notifications.close();
  }

  private async open(): Promise<void> {
    const { rules, silences, feeds, evaluator } = this.held;
    await rules.open();
    await silences.open();
    await this.held.provisioning.open();
    await feeds.open();
    const hosts = await this.options.bus.bucket(BUCKETS.hosts, z.unknown());
    this.hosts = await hosts.watch((host, value) =>
      value === undefined ? evaluator.forgetHost(host) : evaluator.knowHost(host),
    );
    this.presence = showPresence(this.options.bus, this.options.holder);
    this.lease.start();
  }

  private begin(before: Position | null): void {
    const term = new Term(this.held, before);
    this.term = term;
    this.options.parts.set(PART, 'taking over');
    this.turn = this.turn.then(() => this.takeOver(term, before));
  }

  /** Tries until it works or the lease is lost: the broker may be away just now. */
  private async takeOver(first: Term, before: Position | null): Promise<void> {
    const { log, parts } = this.options;
    const backoff = new Backoff({ baseMs: 100, maxMs: 2000 });
    for (let term = first; this.term === term; this.term = term = new Term(this.held, before)) {
      try {
        await term.start();
        if (this.term !== term) return;
        this.serving = true;
        parts.set(PART, null);
        log.info('evaluating', { rules: this.held.rules.list().length, targets: this.evaluator.thresholds.index.size });
        return;
      } catch (error) {
        log.warn('evaluation not started', { fault: faultOf(error) });
        await term.stop();
        await backoff.pause();
        if (this.term !== term) return;
      }
    }
  }

  private giveWay(): void {
    const { term } = this;
    if (!term) return;
    this.term = undefined;
    this.serving = false;
    this.options.log.info('no longer evaluating');
    this.turn = this.turn.then(() => term.stop());
  }
}

async function openParts(options: SupervisorOptions, term: () => Term | undefined): Promise<TermParts> {
  const { bus, log, clock, parts, redis } = options;
  const ruleBucket = await bus.bucket(BUCKETS.rules, AlertRule);
  const seedMarks = await bus.bucket(BUCKETS.leases, SeedMark);
  const counts = new CountBook(await bus.bucket(BUCKETS.alertCounts, AlertCount));
  const numbers = new NumberBook(await bus.bucket(BUCKETS.leases, NumberMark), log);
  const silences = await silenceBook(options, () => evaluator.noise.refreshSilences());
  const evaluator: Evaluator = new Evaluator({
    clock,
    silences,
    announce: (subject, message) => term()?.announce(subject, message),
    beganBefore: (ruleId, targetKey) => Math.max(counts.beganBefore(ruleId, targetKey), numbers.floor),
  });
  const channelsOf = (ruleId: string): readonly string[] => rules.find(ruleId)?.channels ?? [];
  const notifications = await Notifications.open({
    bus,
    log,
    clock,
    parts,
    ...redis,
    channelsOf,
    notifyOf: (ruleId) => rules.find(ruleId)?.notify,
    isQuiet: (message) => evaluator.noise.isQuiet(message),
    standing: () => term()?.standing ?? [],
  });
  const onRule = (rule: AlertRule): void => {
    if (!evaluator.setRule(rule)) log.warn('rule of a kind that is not evaluated', { rule: rule.id });
  };
  const rules = new RuleBook(
    ruleBucket,
    { onRule, onDropped: (id) => evaluator.dropRule(id) },
    () => notifications.channels.ids,
  );
  const provisioning = provisioningOf(options, { rules, silences, notifications });
  const feeds = new Feeds(bus, evaluator, log, () => !term()?.full, clock);
  return {
    bus,
    log,
    clock,
    evaluator,
    feeds,
    rules,
    silences,
    provisioning,
    ruleBucket,
    seedMarks,
    counts,
    numbers,
    notifications,
  };
}

async function silenceBook({ bus, clock }: SupervisorOptions, onChange: () => void): Promise<SilenceBook> {
  const bucket = await bus.bucket(BUCKETS.silences, SilenceRecord);
  return new SilenceBook({ bucket, clock, newId: () => randomBytes(6).toString('hex'), onChange });
}

function provisioningOf(
  { rulesFile, env = {}, clock, log }: SupervisorOptions,
  books: Pick<TermParts, 'rules' | 'silences' | 'notifications'>,
): Provisioning {
  return new Provisioning({
    path: rulesFile,
    clock,
    log,
    channels: () => books.notifications.channels.storedIds,
    references: realReferences(env),
    apply: ({ rules, channels, silences }) => {
      books.notifications.channels.provision(channels);
      books.rules.provision(rules);
      books.silences.provision(silences);
    },
  });
}
