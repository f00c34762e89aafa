import { randomBytes } from 'node:crypto';
import type { Bus, Log } from '@deckwatch/bus';
import { AlertRule, BUCKETS, SilenceRecord } from '@deckwatch/contracts';
import type { Clock, Parts } from '@deckwatch/service-kit';
import { Evaluator } from '../evaluation/evaluator.ts';
import { Feeds } from '../evaluation/feeds.ts';
import { OwnShards } from '../evaluation/own-shards.ts';
import { SilenceBook } from '../noise/silence-book.ts';
import { Notifications, type NotificationOptions } from '../notification/notifications.ts';
import { realReferences } from '../rules/provisioned-channels.ts';
import { Provisioning } from '../rules/provisioning.ts';
import { RuleBook } from '../rules/rule-book.ts';
import { SeedMark } from '../rules/seed-rules.ts';
import { AlertCount, CountBook } from '../storage/count-book.ts';
import { NumberBook, NumberMark } from '../storage/number-book.ts';
import type { Term, TermParts } from './term.ts';

export interface SupervisorOptions {
  bus: Bus;
  log: Log;
  clock: Clock;
  parts: Parts;
  /** Different for each start. */
  holder: string;
  /** In how many shards all instances together evaluate. */
  shards: number;
  /** The path of the provisioning file. */
  rulesFile?: string;
  /** The variables that the file may refer to. */
  env?: Readonly<Record<string, string | undefined>>;
  redis: Pick<NotificationOptions, 'redisUrl' | 'redisTls' | 'box'>;
}

/** What the parts ask of whoever holds them. */
export interface HouseRules {
  term(): Term | undefined;
  /** Whether this instance certainly led at that time, Unix milliseconds. */
  leadsSince(t: number): Promise<boolean>;
  /** Something came from outside. */
  onInput(): void;
}

/** What an instance holds for as long as it runs. */
export async function openParts(
  options: SupervisorOptions,
  { term, leadsSince, onInput }: HouseRules,
): Promise<TermParts> {
  const { bus, log, clock, parts, redis } = options;
  const ruleBucket = await bus.bucket(BUCKETS.rules, AlertRule);
  const seedMarks = await bus.bucket(BUCKETS.leases, SeedMark);
  const counts = new CountBook(await bus.bucket(BUCKETS.alertCounts, AlertCount));
  const numbers = new NumberBook(await bus.bucket(BUCKETS.leases, NumberMark), log);
  const silences = await silenceBook(options, () => evaluator.noise.refreshSilences());
  const evaluator: Evaluator = new Evaluator({
    clock,
    silences,
    shards: new OwnShards(options.shards),
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
    deliversSince: leadsSince,
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
  const feeds = new Feeds({ bus, evaluator, log, clock, onInput, mayTake: () => !term()?.full });
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
