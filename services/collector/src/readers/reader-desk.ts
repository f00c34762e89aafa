import type { Clock, Log } from '@deckwatch/service-kit';
import type { CollectorSettings } from '../settings.ts';
import { CgroupReader } from './cgroup/cgroup-reader.ts';
import { findLayout, type CgroupLayout } from './cgroup/layout.ts';
import { chooseReader, type Locality } from './reader-choice.ts';
import type { Reader, SteadyClock } from './reader.ts';
import type { Watchlist } from './watchlist.ts';

export interface ReaderDeskOptions {
  settings: Pick<
    CollectorSettings,
    'DECKWATCH_READER' | 'DECKWATCH_INTERVAL_MS' | 'DECKWATCH_CGROUP_ROOT' | 'DECKWATCH_PROC_ROOT'
  >;
  /** Makes the reader that asks the engine instead of the kernel; its period is at least a second. */
  engineReader(intervalMs: number): Reader;
  watchlist: Watchlist;
  clock: Clock;
  log: Log;
  steady: SteadyClock;
  /** A container has vanished from the kernel's files. */
  onGone(id: string): void;
  /** A container was found in the kernel's files for the first time: the engine runs on this machine. */
  onFound(): void;
  /** The period of sweeps that the reader can keep up with. */
  onInterval(intervalMs: number): void;
}

/** How long a first container may take to show in the kernel's files. */
const FIRST_FOUND_MS = 1500;

/** Decides which reader reads, and changes it when the files turn out not to be this engine's. */
export class ReaderDesk {
  private readonly layout: CgroupLayout | undefined;
  private found = false;
  private doubt: object | number | undefined;

  constructor(private readonly options: ReaderDeskOptions) {
    const { settings, log } = options;
    this.layout = findLayout(settings.DECKWATCH_CGROUP_ROOT);
    if (settings.DECKWATCH_READER === 'cgroup' && !this.layout) {
      log.error('no cgroup hierarchy: no figures of containers', {
        DECKWATCH_CGROUP_ROOT: settings.DECKWATCH_CGROUP_ROOT,
      });
    }
  }

  /** Whether a container of the engine was found among this machine's cgroups. */
  get foundHere(): boolean {
    return this.found;
  }

  engineUp(locality: Locality, demo: boolean): void {
    const { settings, watchlist } = this.options;
    const kind = chooseReader({ setting: settings.DECKWATCH_READER, demo, locality, layout: this.layout });
    if (watchlist.reader && (watchlist.reader.kind === 'cgroup') === (kind === 'cgroup')) watchlist.reader.hurry();
    else this.use(kind);
  }

  close(): void {
    this.options.clock.clearTimeout(this.doubt);
    this.options.watchlist.use(undefined);
  }

  private use(kind: 'cgroup' | 'engine'): void {
    const { watchlist, settings, log, onInterval } = this.options;
    const wanted = settings.DECKWATCH_INTERVAL_MS;
    const reader = kind === 'engine' ? this.options.engineReader(Math.max(wanted, 1000)) : this.cgroupReader();
    const intervalMs = Math.max(wanted, reader?.shortestIntervalMs ?? 0);
    if (intervalMs > wanted && reader?.kind === 'engine') {
      log.warn('the engine reader cannot go below 1000 ms', { wanted, intervalMs });
    }
    log.info('reader chosen', { reader: reader?.kind ?? kind, intervalMs });
    onInterval(intervalMs);
    watchlist.use(reader);
  }

  private cgroupReader(): Reader | undefined {
    const { settings, steady, log, onGone } = this.options;
    if (!this.layout) return undefined;
    const procRoot = settings.DECKWATCH_PROC_ROOT;
    return new CgroupReader({
      layout: this.layout,
      procRoot,
      steady,
      log,
      onGone,
      onLookup: (found) => this.onLookup(found),
    });
  }

  /** None of the running containers is found: the engine is elsewhere, as in a virtual machine behind its socket. */
  private onLookup(found: boolean): void {
    if (found && !this.found) {
      this.found = true;
      this.options.onFound();
    }
    if (this.found || this.doubt !== undefined || this.options.settings.DECKWATCH_READER === 'cgroup') return;
    this.doubt = this.options.clock.setTimeout(() => {
      this.doubt = undefined;
      if (this.found || this.options.watchlist.size === 0) return;
      this.options.log.warn('the containers are not in the cgroups of this machine', {
        DECKWATCH_CGROUP_ROOT: this.options.settings.DECKWATCH_CGROUP_ROOT,
      });
      this.use('engine');
    }, FIRST_FOUND_MS);
  }
}
