import { faultOf, type Bus } from '@deckwatch/bus';
import { subjects, type HostReport, type StatsSweep } from '@deckwatch/contracts';
import type { Clock, Log } from '@deckwatch/service-kit';
import type { Figures } from '../rates/counters.ts';
import type { Reader, ReadTarget } from '../readers/reader.ts';
import { SweepClock } from './sweep-clock.ts';
import { SweepWriter } from './sweep-writer.ts';

export interface SweeperOptions {
  host: string;
  bus: Pick<Bus, 'publish'>;
  clock: Clock;
  log: Log;
  intervalMs: number;
  singleSubjects: boolean;
  /** The reader of the moment; undefined while there is nothing to read from. */
  reader(): Reader | undefined;
  /** The host's own totals at the time of the sweep, given what all its containers use together. */
  report(t: number, intervalMs: number, sum: Sum): HostReport;
  /** Hears each container's figures; it must not keep the object. */
  onSample(id: string, t: number, figures: Figures): void;
}

/** CPU in percent of one core, memory in bytes. */
export interface Sum {
  cpu: number;
  mem: number;
}

/** Once each interval: reads all containers, and publishes their figures and the host's. */
export class Sweeper {
  private readonly clock: SweepClock;
  private readonly writer: SweepWriter;
  private readonly subject: string;
  private readonly hostSubject: string;
  private latestJson: Uint8Array | undefined;
  private readonly sum: Sum = { cpu: 0, mem: 0 };
  private intervalMs: number;
  private sweptAt = 0;
  /** When the figures of the last sweep were taken, by a reader that has times of its own. */
  private takenAt = NaN;

  constructor(private readonly options: SweeperOptions) {
    const { host, bus, singleSubjects, clock, intervalMs } = options;
    this.intervalMs = intervalMs;
    this.subject = subjects.stats(host);
    this.hostSubject = subjects.host(host);
    this.writer = new SweepWriter(host, singleSubjects ? (subject, json) => bus.publish(subject, json) : undefined);
    this.clock = new SweepClock(clock, intervalMs, () => this.guarded(() => this.sweep()));
  }

  start(): void {
    this.clock.start();
  }

  stop(): void {
    this.clock.stop();
  }

  changeInterval(intervalMs: number): void {
    this.intervalMs = intervalMs;
    this.clock.changeInterval(intervalMs);
  }

  /** The last sweep, null before the first. */
  latest(): StatsSweep | null {
    return this.latestJson === undefined ? null : (JSON.parse(Buffer.from(this.latestJson).toString()) as StatsSweep);
  }

  get skipped(): number {
    return this.clock.skipped;
  }

  private guarded(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.options.log.error('sweep failed', { fault: faultOf(error) });
    }
  }

  /** A reader that does not read at the time of the sweep has something new. */
  readonly fresh = (): void => {
    if (this.clock.isRunning) this.guarded(() => this.tellFigures(this.options.clock.now()));
  };

  private sweep(): void {
    const { bus, clock, report } = this.options;
    const t = clock.now();
    this.tellFigures(t);
    bus.publish(this.hostSubject, report(t, this.intervalMs, this.sum));
  }

  private tellFigures(now: number): void {
    const { bus, reader } = this.options;
    const current = reader();
    const takenAt = current?.takenAt?.();
    if (takenAt !== undefined && (Number.isNaN(takenAt) || takenAt === this.takenAt)) return;
    if (takenAt !== undefined) this.takenAt = takenAt;
    this.sweptAt = takenAt ?? now;
    this.sum.cpu = this.sum.mem = 0;
    this.writer.begin(this.sweptAt, this.intervalMs);
    current?.sweep(this.take);
    this.latestJson = this.writer.end();
    bus.publish(this.subject, this.latestJson);
  }

  private readonly take = (target: ReadTarget, figures: Figures, at?: number | null): void => {
    this.sum.cpu += figures.cpu;
    if (figures.mem > 0) this.sum.mem += figures.mem;
    this.writer.add(target.tag, figures, at);
    if (at !== null) this.options.onSample(target.id, at ?? this.sweptAt, figures);
  };
}
