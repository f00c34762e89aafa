import { performance } from 'node:perf_hooks';
import { faultOf, type Bucket, type Bus } from '@deckwatch/bus';
import {
  COLLECTOR_RPC,
  ContainerEvent,
  filters,
  INSPECT_RPC,
  subjects,
  type HostRecord,
  type LastWords,
} from '@deckwatch/contracts';
import type { Clock, Log } from '@deckwatch/service-kit';
import { EngineWatch } from './engine/engine-watch.ts';
import type { Engine, EngineInfo } from './engine/engine.ts';
import { Inspector } from './engine/inspector.ts';
import { lookAround } from './engine/surroundings.ts';
import { HostClaim } from './host/host-claim.ts';
import { HostReporter } from './host/host-reporter.ts';
import { hostName, kernelRelease, machineId } from './host/machine.ts';
import { Inventory, type InventoryOutlet } from './inventory/inventory.ts';
import { InventoryLog } from './inventory/inventory-log.ts';
import type { InventoryStream } from './inventory/inventory-stream.ts';
import { Retention } from './inventory/retention.ts';
import { LastWordsKeeper } from './last-words/last-words.ts';
import { locality } from './readers/reader-choice.ts';
import type { Reader, SteadyClock } from './readers/reader.ts';
import { ReaderDesk } from './readers/reader-desk.ts';
import { Watchlist } from './readers/watchlist.ts';
import type { EngineSize } from './readers/engine/stats-sample.ts';
import type { CollectorSettings } from './settings.ts';
import { Sweeper } from './sweep/sweeper.ts';

/** What a collector is made of, as it comes from outside. */
export interface CollectorParts {
  settings: Omit<CollectorSettings, 'DOCKER_HOST' | 'DOCKER_TLS_VERIFY' | 'DOCKER_CERT_PATH' | 'DECKWATCH_SOURCE'>;
  engine: Engine;
  /** Makes the reader that asks the engine for figures. */
  engineReader(ask: AskEngine): Reader;
  bus: Pick<Bus, 'publish' | 'serve' | 'status$'>;
  stream: InventoryStream;
  /** Stores how a container stood. Rejects while the broker is away. */
  keepWords(words: LastWords): Promise<unknown>;
  hosts: Pick<Bucket<HostRecord>, 'get' | 'create' | 'update'>;
  /** Another engine took this host's name while this collector slept: it must end, and be started anew. */
  onNameLost(name: string): void;
  clock: Clock;
  log: Log;
}

/** What a reader that asks the engine is given. */
export interface AskEngine {
  intervalMs: number;
  steady: SteadyClock;
  /** Of the machine that the engine runs on. */
  size(): EngineSize;
  /** There are figures that were not there before. */
  onFresh(): void;
}

/** An engine says by this label that it is a simulated one. */
const DEMO_LABEL = 'deckwatch.demo=true';
const FIRST_LOOK_MS = 2000;

const steady = (): number => performance.now();

/** Watches one host: its containers' inventory, their figures, and its own totals. */
export class Collector {
  readonly host: string;
  private readonly inventoryLog: InventoryLog;
  private readonly inventory: Inventory;
  private readonly retention: Retention;
  private readonly desk: ReaderDesk;
  private readonly reporter: HostReporter;
  private readonly sweeper: Sweeper;
  private readonly inspector: Inspector;
  private readonly lastWords: LastWordsKeeper;
  private readonly closers: (() => void)[] = [];
  private watch: EngineWatch | undefined;
  private local: boolean;
  private demo = false;

  private constructor(
    private readonly parts: CollectorParts,
    private readonly claim: HostClaim,
  ) {
    const { settings, engine, clock, log } = parts;
    this.host = claim.name;
    this.local = engine.address.kind === 'unix';
    const watchlist = new Watchlist(this.host);
    this.retention = this.buildRetention();
    this.inventoryLog = this.buildInventoryLog();
    this.lastWords = this.buildLastWords();
    this.inventory = new Inventory({ host: this.host, engine, outlet: this.outlet(), runs: watchlist, clock, log });
    this.inspector = new Inspector(engine, (id) => this.inventory.current(id) !== undefined, clock);
    this.reporter = this.buildReporter(watchlist);
    this.sweeper = this.buildSweeper(watchlist);
    const onInterval = (intervalMs: number): void => this.sweeper.changeInterval(intervalMs);
    const onGone = (id: string): void => this.inventory.recheck(id);
    const size = () => ({ cpus: this.watch?.info?.cpus ?? 1, memTotal: this.watch?.info?.memTotal ?? null });
    const onFound = (): void => void (this.local = !this.demo);
    const told = { onInterval, onGone, onFound };
    const engineReader = (intervalMs: number): Reader =>
      parts.engineReader({ intervalMs, steady, size, onFresh: this.sweeper.fresh });
    this.desk = new ReaderDesk({ settings, engineReader, watchlist, clock, log, steady, ...told });
  }

  /** Finds out what the host is called, and claims that name. Needs the broker, but no engine. */
  static async create(parts: CollectorParts): Promise<Collector> {
    const { settings, engine, hosts, clock, log, onNameLost } = parts;
    const info = await engine.info(FIRST_LOOK_MS).catch(() => undefined); // why not is told by the watch
    const names = { set: settings.DECKWATCH_HOST_NAME, engine: info?.name, node: settings.NODE_NAME };
    const wanted = hostName({ ...names, address: engine.address });
    const machine = machineId(settings.DECKWATCH_PROC_ROOT);
    const onLost = (): void => onNameLost(claim.name);
    const claim = await HostClaim.take({ bucket: hosts, clock, log, machine, onLost }, wanted, info?.id);
    return new Collector(parts, claim);
  }

  async start(): Promise<void> {
    const { bus, log } = this.parts;
    const stored = await this.inventoryLog.stored();
    this.parts.engine.restore?.(stored);
    const latest = this.inventory.restore(stored);
    this.retention.start();
    this.watch = this.buildWatch(latest);
    await this.firstLook(this.watch);
    this.sweeper.start();
    this.serve();
    log.info('watching', { host: this.host, known: this.inventory.counts().containers });
    const audits = bus.status$.subscribe((status) => status === 'up' && void this.mendStream());
    this.closers.push(() => audits.unsubscribe());
  }

  stop(): void {
    for (const close of this.closers.splice(0)) close();
    this.watch?.stop();
    this.sweeper.stop();
    this.desk.close();
    this.inventory.close();
    this.retention.stop();
    this.reporter.close();
    this.claim.stop();
    this.parts.engine.close?.();
  }

  /** The host is reported when it is known how the engine stands, or does not answer for long. */
  private async firstLook(watch: EngineWatch): Promise<void> {
    const { clock } = this.parts;
    let late: object | number | undefined;
    const waited = new Promise<void>((resolve) => (late = clock.setTimeout(resolve, FIRST_LOOK_MS)));
    await Promise.race([watch.start(), waited]);
    clock.clearTimeout(late);
  }

  private serve(): void {
    const served = this.parts.bus.serve(`collector.${this.host}`, COLLECTOR_RPC, {
      latest: () => this.sweeper.latest(),
    });
    const inspected = this.parts.bus.serve(`collector.${this.host}`, INSPECT_RPC, {
      inspect: ({ id }) => this.inspector.inspect(id),
    });
    this.closers.push(
      () => served.unsubscribe(),
      () => inspected.unsubscribe(),
    );
  }

  private async engineUp(info: EngineInfo): Promise<void> {
    const { settings, engine, clock } = this.parts;
    this.demo = info.labels.includes(DEMO_LABEL);
    const where = locality(engine.address, info.kernel, kernelRelease(settings.DECKWATCH_PROC_ROOT));
    this.local = !this.demo && (where === 'here' || (where === 'perhaps' && this.desk.foundHere));
    this.inventory.clockOffsetMs = info.time === null ? 0 : info.time - clock.now();
    this.desk.engineUp(this.demo ? 'elsewhere' : where, this.demo);
    this.reporter.engineBack();
    await this.claim.adopt(info.id);
  }

  private async reconcile(closely: boolean): Promise<void> {
    await this.inventory.reconcile(closely);
    await this.mendStream();
  }

  /** The stream may have lost what it held, as when it was made anew or became too large: says again what is missing. */
  private async mendStream(): Promise<void> {
    const { stream, log } = this.parts;
    try {
      const present = await stream.present(filters.containersOf(this.host));
      this.inventory.republish((id) => present.has(subjects.container(this.host, id)) || this.inventoryLog.waits(id));
    } catch (error) {
      log.debug('inventory not compared with its stream', { fault: faultOf(error) });
    }
  }

  private buildRetention(): Retention {
    const { stream, clock, log } = this.parts;
    return new Retention({
      clock,
      log,
      purge: (id) => stream.purge(subjects.container(this.host, id)),
      removed: async () => (await this.inventoryLog.stored()).filter(({ event }) => event === 'removed'),
    });
  }

  private buildInventoryLog(): InventoryLog {
    const { stream, log } = this.parts;
    const onFenced = (stored: ContainerEvent): void => this.inventory.adopt(stored);
    return new InventoryLog({ host: this.host, stream, retention: this.retention, log, onFenced });
  }

  private buildReporter(watchlist: Watchlist): HostReporter {
    return new HostReporter({
      host: this.host,
      procRoot: this.parts.settings.DECKWATCH_PROC_ROOT,
      steady,
      engine: () => {
        const { state = 'none', reason = null, info } = this.watch ?? {};
        return { state, reason, info, local: this.local, demo: this.demo };
      },
      reader: () => watchlist.reader?.kind ?? null,
      node: () => watchlist.reader?.node?.(),
      counts: () => this.inventory.counts(),
    });
  }

  private buildLastWords(): LastWordsKeeper {
    const { engine, log, keepWords, settings } = this.parts;
    return new LastWordsKeeper({ engine, lines: settings.DECKWATCH_LAST_LINES, publish: keepWords, log });
  }

  private outlet(): InventoryOutlet {
    return {
      publish: (message) => {
        this.inventoryLog.publish(message);
        this.lastWords.take(message);
      },
      removed: (id, t) => {
        this.inventoryLog.removed(id, t);
        this.lastWords.forget(id);
      },
    };
  }

  private buildSweeper(watchlist: Watchlist): Sweeper {
    const { bus, clock, log, settings } = this.parts;
    return new Sweeper({
      host: this.host,
      bus,
      clock,
      log,
      intervalMs: settings.DECKWATCH_INTERVAL_MS,
      singleSubjects: settings.DECKWATCH_SINGLE_SUBJECTS === 'on',
      reader: () => watchlist.reader,
      onSample: (id, t, figures) => this.lastWords.sample(id, t, figures),
      report: (t, intervalMs, sum) => {
        const report = this.reporter.report(t, intervalMs, sum);
        this.claim.keep(report);
        return report;
      },
    });
  }

  private buildWatch(latest: number): EngineWatch {
    const { engine, clock, log } = this.parts;
    return new EngineWatch({
      engine,
      clock,
      log,
      look: () => lookAround(engine.address.kind === 'unix' ? engine.address.socketPath : ''),
      seenBefore: !this.inventory.empty,
      since: latest > 0 ? latest : undefined,
      onUp: (info) => this.engineUp(info),
      onEvent: (event) => this.inventory.onEvent(event),
      reconcile: (closely) => this.reconcile(closely),
      onAway: () => undefined,
    });
  }
}
