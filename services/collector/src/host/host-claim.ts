import { faultOf, RevisionConflict, type Bucket } from '@deckwatch/bus';
import { token, type HostRecord, type HostReport } from '@deckwatch/contracts';
import type { Clock, Log } from '@deckwatch/service-kit';

export interface HostClaimOptions {
  bucket: Pick<Bucket<HostRecord>, 'get' | 'create' | 'update' | 'put'>;
  clock: Clock;
  log: Log;
  machine: string;
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

  private constructor(
    private readonly options: HostClaimOptions,
    /** As it stands in subjects. */
    readonly name: string,
    private engineId: string,
  ) {}

  /** @param engineId undefined while no engine was seen */
  static async take(options: HostClaimOptions, wanted: string, engineId: string | undefined): Promise<HostClaim> {
    const base = token(wanted).slice(0, LONGEST_NAME);
    const id = engineId || machineEngine(options.machine);
    for (let number = 1; number <= MOST_NAMESAKES; number += 1) {
      const name = number === 1 ? base : `${base}-${number}`;
      if (!(await take(options, name, id))) continue;
      if (number > 1) options.log.warn('the host name is taken by another engine', { wanted: base, name });
      const claim = new HostClaim(options, name, id);
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

  private async refresh(): Promise<void> {
    const { bucket, clock, machine, log } = this.options;
    try {
      await bucket.put(this.name, { engineId: this.engineId, machine, t: clock.now(), report: this.lastReport });
    } catch (error) {
      log.debug('claim of the host name not renewed', { fault: faultOf(error) });
    }
  }
}

function machineEngine(machine: string): string {
  return `machine:${machine}`;
}

async function take({ bucket, clock, machine }: HostClaimOptions, name: string, engineId: string): Promise<boolean> {
  const mine: HostRecord = { engineId, machine, t: clock.now() };
  try {
    const held = await bucket.get(name);
    if (held === undefined) await bucket.create(name, mine);
    else if (isFree(held.value, mine)) await bucket.update(name, { ...mine, report: held.value.report }, held.revision);
    else return false;
    return true;
  } catch (error) {
    if (error instanceof RevisionConflict) return take({ bucket, clock, machine } as HostClaimOptions, name, engineId);
    throw error;
  }
}

/** The same engine's, the same machine's when one of the two saw no engine, or nobody's any more. */
function isFree(held: HostRecord, mine: HostRecord): boolean {
  if (held.engineId === mine.engineId || mine.t - held.t > HELD_MS) return true;
  const withoutEngine = [held.engineId, mine.engineId].includes(machineEngine(mine.machine));
  return withoutEngine && held.machine === mine.machine;
}
