import { faultOf, RevisionConflict, type Bucket } from '@deckwatch/bus';
import { token, type HostRecord, type HostReport } from '@deckwatch/contracts';
import type { Clock, Log } from '@deckwatch/service-kit';

export interface HostClaimOptions {
  bucket: Pick<Bucket<HostRecord>, 'get' | 'create' | 'update'>;
  clock: Clock;
  log: Log;
  machine: string;
  /** Another engine has taken the name meanwhile; told once, nothing is written any more. */
  onLost(): void;
}

/** A holder that was not heard of for so long has gone. */
const HELD_MS = 5 * 60_000;
const REFRESH_MS = 60_000;
const MOST_NAMESAKES = 99;
const LONGEST_NAME = 240;

/** A host's name belongs to one engine: another engine of the same name becomes `<name>-2`, and so on. */
export class HostClaim {
  private timer: object | number | undefined;
  private stopped = false;
  private lastReport: HostReport | undefined;
  private writing: Promise<void> = Promise.resolve();

  private constructor(
    private readonly options: HostClaimOptions,
    /** As it stands in subjects. */
    readonly name: string,
    private engineId: string,
    private revision: number,
  ) {}

  /** @param engineId undefined while no engine was seen */
  static async take(options: HostClaimOptions, wanted: string, engineId: string | undefined): Promise<HostClaim> {
    const base = token(wanted).slice(0, LONGEST_NAME);
    const id = engineId || machineEngine(options.machine);
    for (let number = 1; number <= MOST_NAMESAKES; number += 1) {
      const name = number === 1 ? base : `${base}-${number}`;
      const revision = await take(options, name, { engineId: id });
      if (revision === undefined) continue;
      if (number > 1) options.log.warn('the host name is taken by another engine', { wanted: base, name });
      const claim = new HostClaim(options, name, id, revision);
      claim.wait();
      return claim;
    }
    throw new Error(`host name ${base}: ${MOST_NAMESAKES} other engines have it; set DECKWATCH_HOST_NAME`);
  }

  /** An engine was seen whose id was not known before. */
  async adopt(engineId: string): Promise<void> {
    if (!engineId || engineId === this.engineId) return;
    this.engineId = engineId;
    await this.refresh();
  }

  /** Keeps the host's report for whoever asks when it is gone. The first one is written down at once. */
  keep(report: HostReport): void {
    const first = this.lastReport === undefined;
    this.lastReport = report;
    if (first) void this.refresh();
  }

  stop(): void {
    this.stopped = true;
    this.options.clock.clearTimeout(this.timer);
  }

  private wait(): void {
    this.timer = this.options.clock.setTimeout(() => {
      void this.refresh().finally(() => this.stopped || this.wait());
    }, REFRESH_MS);
  }

  /** One writing after another: each needs the revision of the one before. */
  private refresh(): Promise<void> {
    this.writing = this.writing.then(() => this.renew());
    return this.writing;
  }

  private async renew(): Promise<void> {
    if (this.stopped) return;
    const { bucket, clock, machine, log } = this.options;
    const { engineId, lastReport: report } = this;
    try {
      const mine = { engineId, machine, t: clock.now(), report };
      this.revision = await bucket.update(this.name, mine, this.revision);
    } catch (error) {
      if (error instanceof RevisionConflict) await this.reclaim();
      else log.debug('claim of the host name not renewed', { fault: faultOf(error) });
    }
  }

  /** Somebody wrote the name while this engine was not heard of, or the bucket was made anew. */
  private async reclaim(): Promise<void> {
    const { engineId, lastReport: report, options } = this;
    try {
      const revision = await take(options, this.name, { engineId, report });
      if (revision !== undefined) return void (this.revision = revision);
      this.stop();
      options.onLost();
    } catch (error) {
      options.log.debug('claim of the host name not renewed', { fault: faultOf(error) });
    }
  }
}

function machineEngine(machine: string): string {
  return `machine:${machine}`;
}

/** Returns the revision; undefined: another engine has the name. */
async function take(
  options: HostClaimOptions,
  name: string,
  by: Pick<HostRecord, 'engineId' | 'report'>,
): Promise<number | undefined> {
  const { bucket, clock, machine } = options;
  const mine: HostRecord = { ...by, machine, t: clock.now() };
  try {
    const held = await bucket.get(name);
    if (held === undefined) return await bucket.create(name, mine);
    if (!isFree(held.value, mine)) return undefined;
    return await bucket.update(name, { ...mine, report: mine.report ?? held.value.report }, held.revision);
  } catch (error) {
    if (error instanceof RevisionConflict) return take(options, name, by);
    throw error;
  }
}

/** The same engine's, the same machine's when one of the two saw no engine, or nobody's any more. */
function isFree(held: HostRecord, mine: HostRecord): boolean {
  if (held.engineId === mine.engineId || mine.t - held.t > HELD_MS) return true;
  const withoutEngine = [held.engineId, mine.engineId].includes(machineEngine(mine.machine));
  return withoutEngine && held.machine === mine.machine;
}
