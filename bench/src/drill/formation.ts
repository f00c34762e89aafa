import { randomBytes } from 'node:crypto';
import type { Bus } from '@deckwatch/bus';
import {
  accessToken,
  brokerSettings,
  eventually,
  freePort,
  startEngine,
  startNatsCluster,
  startRedis,
  testBus,
  type BrokerUser,
  type Engine,
  type NatsCluster,
  type RedisServer,
} from '@deckwatch/testing';
import { startService, type RunningService } from '../service.ts';

const PASSWORD = 'a pass phrase for the drill';
export const HOSTS = ['drill-a', 'drill-b', 'drill-c'];

interface Place {
  service: BrokerUser;
  settings: Record<string, string>;
  running?: RunningService;
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
    private readonly redis: RedisServer,
    ports: number[],
  ) {
    this.gateways = ports.map((port) => `http://127.0.0.1:${port}`);
    if (engine)
      for (const host of HOSTS) this.place(host, 'collector', { DECKWATCH_HOST_NAME: host, DOCKER_HOST: engine.dockerHost }); // prettier-ignore
    // Gateways are ready when there is a collector; this one watches its machine alone.
    else
      this.place('machine', 'collector', { DECKWATCH_HOST_NAME: 'machine', DOCKER_HOST: 'unix:///none/docker.sock' });
    for (const n of [1, 2]) {
      this.place(`alerts-${n}`, 'alerts');
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
    const formation = new Formation(engine, await startNatsCluster(), await startRedis(), ports);
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

  start(name: string): void {
    const place = this.places.get(name)!;
    place.running = startService(place.service, place.settings);
  }

  /** A bus of ours, once all are ready: before that the servers elect. Where they never are, everything is ended. */
  async busOnceReady(): Promise<Bus> {
    try {
      await this.ready();
      return await testBus(this.nats);
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
    await this.engine?.stop();
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
