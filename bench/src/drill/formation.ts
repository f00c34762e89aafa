import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { Bus } from '@deckwatch/bus';
import {
  accessToken,
  brokerSettings,
  brokerUser,
  eventually,
  freePort,
  silentLog,
  startEngine,
  startNatsCluster,
  startRedis,
  type BrokerUser,
  type Engine,
  type NatsCluster,
  type RedisServer,
} from '@deckwatch/testing';
import { Links } from './links.ts';
import { SmallDisk } from './small-disk.ts';
import { startService, type RunningService } from '../service.ts';
import { onceEnded } from '../signals.ts';

const PASSWORD = 'a pass phrase for the drill';
/** Parts that keep their data on a disk of their own, to be filled. */
const SMALL = ['server-0', 'redis'];
/** By how much a clock jumps that is moved. */
const CLOCK_MS = 300_000;
const MOVED_CLOCK = fileURLToPath(new URL('./drill/moved-clock.js', import.meta.url));
export const HOSTS = ['drill-a', 'drill-b', 'drill-c'];

interface Place {
  service: BrokerUser;
  settings: Record<string, string>;
  running?: RunningService;
  /** By how much its clock can jump; undefined: it has the machine's. */
  clockMs?: number;
}

/**
 * A Deckwatch as a cluster runs it, on one machine: three brokers that keep each stream together, two of each service
 * that may have a second, and three collectors, each with a name of its own for the one engine.
 */
export class Formation {
  readonly gateways: string[];
  private readonly places = new Map<string, Place>();

  private constructor(
    /** undefined: hosts are simulated. */
    readonly engine: Engine | undefined,
    readonly nats: NatsCluster,
    readonly redis: RedisServer,
    /** What goes between a service and its brokers, and between brokers; nothing where hosts are simulated. */
    readonly links: Links,
    /** By the part that keeps its data there; none where hosts are simulated. */
    readonly disks: ReadonlyMap<string, SmallDisk>,
    ports: number[],
  ) {
    this.gateways = ports.map((port) => `http://127.0.0.1:${port}`);
    if (engine)
      for (const host of HOSTS) this.place(host, 'collector', { DECKWATCH_HOST_NAME: host, DOCKER_HOST: engine.dockerHost }); // prettier-ignore
    // Gateways are ready when there is a collector; this one watches its machine alone.
    else
      this.place('machine', 'collector', { DECKWATCH_HOST_NAME: 'machine', DOCKER_HOST: 'unix:///none/docker.sock' });
    for (const n of [1, 2]) {
      this.place(`alerts-${n}`, 'alerts', { DECKWATCH_ALERT_SHARDS: '2' });
      this.place(`sessions-${n}`, 'sessions');
      this.place(`gateway-${n}`, 'gateway', { DECKWATCH_PORT: String(ports[n - 1]) });
    }
    this.place('history', 'history');
  }

  /** With three collectors and an engine for them, or with one that has no engine. */
  static async open({ collectors }: { collectors: boolean }): Promise<Formation> {
    const engine = collectors ? await startEngine() : undefined;
    await engine?.importBusybox();
    const ports = [await freePort(), await freePort()];
    const links = new Links();
    const disks = new Map<string, SmallDisk>();
    if (collectors) for (const part of SMALL) disks.set(part, await SmallDisk.mount());
    const road = (from: string, to: string, port: number) => links.between(from, to, port);
    const nats = await startNatsCluster(collectors ? { road, storeOf: (name) => disks.get(name)?.folder } : {});
    const redis = await startRedis(disks.has('redis') ? { storeDir: disks.get('redis')!.folder } : {});
    const formation = new Formation(engine, nats, redis, links, disks, ports);
    onceEnded(() => void formation.close().finally(() => process.exit(130)));
    if (collectors) for (const name of formation.names) await formation.tie(name);
    for (const name of formation.names) formation.start(name);
    return formation;
  }

  /** Resolves when these gateways are ready, which is when all services are. */
  async ready(urls = this.gateways): Promise<void> {
    const ready = async () => {
      for (const url of urls) if ((await fetch(`${url}/health/ready`)).status !== 200) return false;
      return true;
    };
    await eventually(ready, { timeoutMs: 90_000, everyMs: 250, describe: 'readiness of all parts' });
  }

  get names(): string[] {
    return [...this.places.keys()];
  }

  accessToken(): Promise<string> {
    return accessToken(this.gateways[0]!, PASSWORD);
  }

  /** As a program has it: it does not expire meanwhile. */
  async programToken(): Promise<string> {
    const headers = { authorization: `Bearer ${await this.accessToken()}`, 'content-type': 'application/json' };
    const body = JSON.stringify({ name: 'drill', role: 'viewer' });
    const answer = await fetch(`${this.gateways[0]}/api/v1/tokens`, { method: 'POST', headers, body });
    if (!answer.ok) throw new Error(`no token: ${answer.status} ${await answer.text()}`);
    return ((await answer.json()) as { token: string }).token;
  }

  start(name: string): void {
    const { service, settings, clockMs } = this.places.get(name)!;
    const moved = clockMs !== undefined;
    const env = moved ? { ...settings, DRILL_CLOCK_MS: String(clockMs) } : settings;
    const flags = moved ? ['--import', MOVED_CLOCK] : [];
    this.places.get(name)!.running = startService(service, env, '.', { flags });
  }

  /** Starts it anew with a clock that `jump` moves: forward, or back. */
  async giveClock(name: string, way: 'forward' | 'back'): Promise<void> {
    this.places.get(name)!.clockMs = way === 'forward' ? CLOCK_MS : -CLOCK_MS;
    await this.renew(name);
  }

  /** Ends it as an orchestrator does and starts it again. */
  async renew(name: string): Promise<void> {
    await this.end(name);
    this.start(name);
    await this.ready();
  }

  /** Its clock jumps, and back at the next time. */
  jump(name: string): void {
    this.places.get(name)!.running!.child.kill('SIGUSR2');
  }

  /** A bus of ours, once all are ready: before that the servers elect. Where they never are, everything is ended. */
  async busOnceReady(): Promise<Bus> {
    try {
      await this.ready();
      const { url, inboxPrefix } = brokerUser(this.nats, 'ops');
      const servers = this.engine ? await this.wayOf('outside', url) : url;
      return await Bus.connect({ servers, inboxPrefix, name: 'drill', log: silentLog });
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  /** SIGTERM, as an orchestrator ends it; resolves when it is gone. */
  end(name: string): Promise<void> {
    return this.places.get(name)!.running!.stop();
  }

  /** SIGKILL. */
  async kill(name: string): Promise<void> {
    const { running } = this.places.get(name)!;
    running!.child.kill('SIGKILL');
    await running!.stop();
  }

  async close(): Promise<void> {
    await Promise.all([...this.places.values()].map(({ running }) => running?.stop()));
    await this.nats.stop();
    await this.redis.stop();
    this.links.close();
    for (const disk of this.disks.values()) await disk.unmount();
    await this.engine?.stop();
  }

  /** The brokers' URLs as one part reaches them. */
  private async wayOf(name: string, url: string): Promise<string> {
    let way = url;
    for (const [server, port] of this.nats.ports)
      way = way.replace(`:${port}`, `:${await this.links.between(name, server, port)}`);
    return way;
  }

  /** Leads its way to the brokers over links of its own. */
  private async tie(name: string): Promise<void> {
    const { settings } = this.places.get(name)!;
    settings['NATS_URL'] = await this.wayOf(name, settings['NATS_URL']!);
    const { port } = this.redis;
    if (settings['REDIS_URL']) settings['REDIS_URL'] = settings['REDIS_URL'].replace(`:${port}`, `:${await this.links.between(name, 'redis', port)}`); // prettier-ignore
  }

  private readonly secretKey = randomBytes(32).toString('base64');

  private place(name: string, service: BrokerUser, more: Record<string, string> = {}): void {
    const settings = {
      ...brokerSettings(service, { nats: this.nats, redis: this.redis }),
      NATS_REPLICAS: '3',
      DECKWATCH_INSTANCE: name,
      DECKWATCH_SECRET_KEY: this.secretKey,
      DECKWATCH_ADMIN_PASSWORD: PASSWORD,
      DECKWATCH_LOG_LEVEL: 'warn',
      ...more,
    };
    this.places.set(name, { service, settings });
  }
}
