import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '@deckwatch/testing';
import { BusyFleet } from './busy-fleet.ts';
import { between, chanceOf } from './chance.ts';
import { consoleFaults, noticeFindings, storyFaults, untold, type Stored } from './findings.ts';
import { FlakyReceiver } from './flaky-receiver.ts';
import { PARTS, SECOND, StormStage, type Part } from './stage.ts';
import { StormConsole } from './storm-console.ts';

export interface StormOptions {
  /** The workspace, with the services built. */
  root: string;
  seed: number;
  /** As many alerts as containers. */
  alerts: number;
  /** In how many shards, and by how many instances, they are evaluated; default: one. */
  shards?: 1 | 2;
  kills: number;
  /** A notice fails at most so often. */
  mostFailures: number;
  /** Whether the receiver takes everything once the last kill is over, which is sooner done. */
  recovers: boolean;
  /** Between two kills, milliseconds. */
  pauseMs: [number, number];
  say(line: string): void;
}

export interface StormReport {
  faults: string[];
  figures: Record<string, number>;
}

const WAVE_LIMIT_MS = 90_000;
const DRAIN_LIMIT_MS = 480_000;
/** How long something may still come that should not. */
const AFTERMATH_MS = 1500;
const CHANNEL = { name: 'Storm', type: 'webhook', allowPrivate: true, perMinute: 6000, concurrency: 16 };
const RULES = [
  { id: 'one-by-one', name: 'One by one', select: { name: 'web-*' }, notify: { groupMs: 0, repeatMs: 0 } },
  { id: 'in-groups', name: 'In groups', select: { name: 'db-*' }, notify: { groupMs: 1000, repeatMs: 0 }, forMs: 600 },
];

/** A storm of alerts while parts of the installation are killed, looked at from outside only. */
export class Storm {
  private readonly chance: () => number;
  private readonly kills: Part[];
  /** The stream as far as it was read. */
  private readonly read: Stored[] = [];
  private killed = 0;
  private waves = 0;

  private constructor(
    private readonly options: StormOptions,
    private readonly stage: StormStage,
    private readonly receiver: FlakyReceiver,
    private readonly fleet: BusyFleet,
    private readonly console: StormConsole,
  ) {
    this.chance = chanceOf(options.seed);
    this.kills = order(options.kills, options.shards ?? 1, this.chance);
  }

  static async run(options: StormOptions): Promise<StormReport> {
    const stage = await StormStage.open(options.root, options.shards);
    const receiver = new FlakyReceiver(chanceOf(options.seed + 1), options.mostFailures);
    const connection = await stage.connect();
    const fleet = new BusyFleet(connection, options.alerts, chanceOf(options.seed + 2));
    const client = new StormConsole(stage.url, stage.token);
    try {
      const storm = new Storm(options, stage, receiver, fleet, client);
      await storm.prepare();
      return await storm.rage();
    } finally {
      fleet.leave();
      client.close();
      receiver.close();
      await connection.close();
      await stage.close();
    }
  }

  private async prepare(): Promise<void> {
    const { id } = await this.stage.rest<{ id: string }>('POST', '/channels', {
      ...CHANNEL,
      url: await this.receiver.listen(),
    });
    const condition = { metric: 'cpu', op: '>', value: 80, clear: 60 };
    for (const rule of RULES)
      await this.stage.rest('POST', '/alert-rules', { ...rule, target: 'container', condition, channels: [id] });
    this.console.connect();
    await eventually(() => this.console.since !== undefined, { describe: 'the console' });
    await this.fleet.appear();
  }

  private async rage(): Promise<StormReport> {
    const from = this.console.since!.seq;
    const killing = this.killAll();
    while (this.waves === 0 || this.killed < this.kills.length) await this.wave();
    await killing;
    this.receiver.calm = this.options.recovers;
    const stored = await this.drain();
    return this.concluded(stored, from);
  }

  /** All become busy, and quiet again. */
  private async wave(): Promise<void> {
    this.waves += 1;
    const waves = this.waves;
    for (const busy of [true, false]) {
      this.fleet.turn(busy, 1500);
      const wanted = (busy ? 1 : 0) * this.options.alerts;
      const reached = async () => {
        const stands = standing(await this.readOn());
        return stands.firing === wanted && stands.resolved === (busy ? stands.resolved : this.options.alerts);
      };
      await eventually(reached, { timeoutMs: WAVE_LIMIT_MS, everyMs: 300, describe: `wave ${waves}, ${busy ? 'firing' : 'resolved'}` }); // prettier-ignore
    }
  }

  private async readOn(): Promise<Stored[]> {
    this.read.push(...(await this.stage.stored((this.read.at(-1)?.order ?? 0) + 1)));
    return this.read;
  }

  private async killAll(): Promise<void> {
    const { pauseMs, say } = this.options;
    for (const part of this.kills) {
      await sleep(between(this.chance, ...pauseMs));
      say(`wave ${this.waves}: kill -9 of ${part}`);
      await this.stage.kill(part);
      await sleep(between(this.chance, 0, 800));
      await this.stage.restart(part);
      this.killed += 1;
    }
  }

  /** Until everything is told that ever will be; then a little longer. */
  private async drain(): Promise<Stored[]> {
    const done = async () => {
      const stored = await this.readOn();
      const { total } = await this.stage.rest<{ total: number }>('GET', '/deliveries?state=waiting&limit=1');
      return total === 0 && untold(stored, this.receiver.receipts).length === 0;
    };
    // What is not told by then is a finding.
    await eventually(done, { timeoutMs: DRAIN_LIMIT_MS, everyMs: 500 }).catch(() => undefined);
    await sleep(AFTERMATH_MS);
    return this.stage.stored();
  }

  private concluded(stored: Stored[], from: number): StormReport {
    const { receipts, attempts, failures } = this.receiver;
    const notices = noticeFindings(stored, receipts);
    const faults = [
      ...storyFaults(stored, this.waves),
      ...untold(stored, receipts).map((place) => `${place} was told to nobody`),
      ...notices.faults,
      ...consoleFaults(stored, this.console.seqs, from),
    ];
    const figures = {
      waves: this.waves,
      kills: this.killed,
      'transitions stored': stored.length,
      'transitions that were told, the first time': receipts.filter(({ accepted }) => accepted).length - notices.doubles, // prettier-ignore
      'told again, under the same key': notices.doubles,
      'attempts at the receiver': attempts,
      'of which failed': failures,
      'the same, %': Math.round((failures / attempts) * 100),
      'times the console came back': this.console.connects - 1,
      'of which without what it had missed': this.console.notRecovered,
      faults: faults.length,
    };
    return { faults, figures };
  }
}

/** Each part in turn, in an order that the seed gives. */
function order(kills: number, shards: number, chance: () => number): Part[] {
  const all: Part[] = shards > 1 ? [...PARTS, SECOND] : [...PARTS];
  const parts: Part[] = [];
  while (parts.length < kills) parts.push(...all.toSorted(() => chance() - 0.5));
  return parts.slice(0, kills);
}

/** How many alerts stand how. */
function standing(stored: Stored[]): { firing: number; resolved: number } {
  const last = new Map(stored.map(({ subject, state }) => [subject, state] as const));
  const count = (wanted: string): number => [...last.values()].filter((state) => state === wanted).length;
  return { firing: count('firing'), resolved: count('resolved') };
}
