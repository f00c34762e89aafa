import type { Container, ContainerCreateOptions } from 'dockerode';
import { ContainerEvent, filters, HostReport, subjects, type StatsSweep } from '@deckwatch/contracts';
import { DockerEngine } from '../src/engine/docker-engine.ts';
import { eventually, silentLog, startEngine, startNats, testBus, type Engine } from '@deckwatch/testing';
import { CollectorUnderTest } from './collector-under-test.ts';

type Bus = Awaited<ReturnType<typeof testBus>>;
type Nats = Awaited<ReturnType<typeof startNats>>;

/** A real engine and broker with a collector between, and somebody who listens. */
export class RealHost {
  /** All inventory messages, in order. */
  readonly inventory: ContainerEvent[] = [];
  readonly reports: HostReport[] = [];
  /** When the first and the last row of a container came, Unix milliseconds, by short id. */
  readonly rows = new Map<string, { first: number; last: number; latest: (number | null)[] }>();
  private collector: CollectorUnderTest | undefined;

  private constructor(
    readonly engine: Engine,
    readonly nats: Nats,
    readonly bus: Bus,
  ) {}

  static async start(): Promise<RealHost> {
    const engine = await startEngine();
    await engine.importBusybox();
    const nats = await startNats();
    const host = new RealHost(engine, nats, await testBus(nats));
    host.listen();
    return host;
  }

  async watch(settings: Record<string, string | number> = {}): Promise<void> {
    const engine = await DockerEngine.at({ kind: 'unix', socketPath: this.engine.socketPath }, silentLog);
    this.collector = await CollectorUnderTest.start(this.nats.url, engine, {
      DECKWATCH_HOST_NAME: 'real',
      ...settings,
    });
  }

  async unwatch(): Promise<void> {
    await this.collector?.stop();
    this.collector = undefined;
  }

  async stop(): Promise<void> {
    await this.unwatch();
    await this.bus.close();
    await this.nats.stop();
    await this.engine.stop();
  }

  async create(name: string, command: string, options: Partial<ContainerCreateOptions> = {}): Promise<Container> {
    return this.engine.docker.createContainer({ name, Image: 'busybox:local', Cmd: ['sh', '-c', command], ...options });
  }

  async run(name: string, command: string, options: Partial<ContainerCreateOptions> = {}): Promise<Container> {
    const container = await this.create(name, command, options);
    await container.start();
    return container;
  }

  /** Waits for the first row of a container, and says when it came. */
  firstRow(id: string): Promise<number> {
    const row = () => this.rows.get(id.slice(0, 12));
    return eventually(() => expect(row()).toBeDefined(), { timeoutMs: 20_000 }).then(() => row()!.first);
  }

  messages(container: { id: string }): ContainerEvent[] {
    return this.inventory.filter(({ id }) => id === container.id.slice(0, 12));
  }

  events(container: { id: string }): string[] {
    return this.messages(container).map(({ event }) => event);
  }

  private listen(): void {
    this.bus.listen(filters.containersOf('real'), ContainerEvent, (message) => this.inventory.push(message));
    this.bus.listen(subjects.host('real'), HostReport, (report) => this.reports.push(report));
    this.bus.subscribe(subjects.stats('real'), (message) => {
      for (const [id, ...latest] of (message.json() as StatsSweep).rows) {
        const first = this.rows.get(id)?.first ?? Date.now();
        this.rows.set(id, { first, last: Date.now(), latest });
      }
    });
  }
}
