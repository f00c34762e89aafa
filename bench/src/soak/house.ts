import { randomBytes } from 'node:crypto';
import type { Bus } from '@deckwatch/bus';
import {
  accessToken,
  brokerSettings,
  eventually,
  freePort,
  startNats,
  startRedis,
  testBus,
  type BrokerUser,
  type NatsServer,
  type RedisServer,
} from '@deckwatch/testing';
import { costOf } from '../process-tree.ts';
import { SERVICES, startService, type RunningService } from '../service.ts';
import { Inspector } from './inspector.ts';

export const PASSWORD = 'a pass phrase for the soak';
/** The services' own flags of Node: what is started with a debugger does not start itself anew with them. */
const FLAGS: Partial<Record<BrokerUser, string[]>> = {
  collector: ['--max-semi-space-size=1'],
  sessions: ['--max-semi-space-size=2'],
};
const MALLOC = { MALLOC_MMAP_THRESHOLD_: '32768', MALLOC_TRIM_THRESHOLD_: '32768', MALLOC_TOP_PAD_: '4096' };
const READY_MS = 90_000;
/** Of services that ended by themselves; past it nobody starts them again. */
const MOST_FALLEN = 20;

export type ServiceName = (typeof SERVICES)[number] | 'demo';
/** What dies when deaths are asked for. */
export type Mortal = ServiceName | 'nats' | 'redis';
export const MORTALS: Mortal[] = [...SERVICES, 'nats', 'redis'];

export interface HouseOptions {
  /** Without debuggers, and with a collector that has no engine: hosts are somebody else's. */
  bare?: boolean;
}

interface Running {
  process: RunningService;
  inspector: Promise<Inspector | undefined>;
  /** Counts how often it was started. */
  life: number;
  startedAt: number;
}

/** A whole Deckwatch as processes, each with its debugger on loopback, and the demo's engine for the collector. */
export class House {
  readonly url: string;
  /** Services that ended though nobody ended them, in words. */
  readonly fallen: string[] = [];
  private readonly ended = new Set<RunningService>();
  private readonly running = new Map<ServiceName, Running>();
  private readonly secretKey = randomBytes(32).toString('base64');

  private constructor(
    private readonly options: HouseOptions,
    readonly nats: NatsServer,
    readonly redis: RedisServer,
    /** The user's, that sessions are followed in. */
    readonly shop: RedisServer,
    readonly bus: Bus,
    private readonly port: number,
  ) {
    this.url = `http://127.0.0.1:${port}`;
  }

  /** Resolves when all of it is ready. */
  static async open(options: HouseOptions = {}): Promise<House> {
    const [nats, redis, shop] = await Promise.all([startNats(), startRedis(), startRedis({ args: ['--appendonly', 'no'] })]); // prettier-ignore
    const house = new House(options, nats, redis, shop, await testBus(nats), await freePort());
    try {
      if (!options.bare) house.start('demo');
      for (const name of SERVICES) house.start(name);
      await house.ready();
      return house;
    } catch (error) {
      await house.close();
      throw error;
    }
  }

  async ready(): Promise<void> {
    const ready = async () => (await fetch(`${this.url}/health/ready`, { signal: AbortSignal.timeout(5000) })).status === 200; // prettier-ignore
    await eventually(ready, { timeoutMs: READY_MS, everyMs: 250, describe: 'readiness of all services' });
  }

  token(): Promise<string> {
    return accessToken(this.url, PASSWORD);
  }

  start(name: ServiceName): void {
    const { bare } = this.options;
    const script = name === 'demo' ? 'deploy/demo/dist/main.js' : `services/${name}/dist/main.js`;
    const flags = bare ? [] : ['--inspect=127.0.0.1:0', ...(FLAGS[name] ?? [])];
    const process = startService(name, this.settingsOf(name), '.', { script, flags });
    const inspector = bare || name === 'demo' ? Promise.resolve(undefined) : Inspector.of(process.logFile).catch(() => undefined); // prettier-ignore
    const life = (this.running.get(name)?.life ?? 0) + 1;
    this.running.set(name, { process, inspector, life, startedAt: Date.now() });
    process.child.once('exit', (code, signal) => {
      if (this.ended.has(process) || signal === 'SIGINT' || signal === 'SIGHUP') return;
      this.fallen.push(`${name} ended by itself with ${code ?? signal}: ${process.logFile}`);
      if (this.fallen.length < MOST_FALLEN) this.start(name);
    });
  }

  of(name: ServiceName): Running {
    return this.running.get(name)!;
  }

  /** How many cores a part has used since it was started. */
  coresOf(name: ServiceName): number {
    const { process, startedAt } = this.of(name);
    return costOf(process.pid).cpuMs / (Date.now() - startedAt);
  }

  /** SIGKILL. */
  async kill(name: Mortal): Promise<void> {
    if (name === 'nats' || name === 'redis') return this[name].kill();
    const { process, inspector } = this.of(name);
    this.ended.add(process);
    (await inspector)?.close();
    process.child.kill('SIGKILL');
    await process.stop();
  }

  async startAgain(name: Mortal): Promise<void> {
    if (name === 'nats' || name === 'redis') return this[name].restart();
    this.start(name);
  }

  async close(): Promise<void> {
    for (const { process, inspector } of this.running.values()) {
      this.ended.add(process);
      (await inspector)?.close();
    }
    await Promise.all([...this.running.values()].map(({ process }) => process.stop()));
    await this.bus.close();
    await Promise.all([this.nats.stop(), this.redis.stop(), this.shop.stop()]);
  }

  private settingsOf(name: ServiceName): Record<string, string> {
    const socket = `/tmp/dw-soak-${this.port}.sock`;
    const common = {
      ...brokerSettings(name, { nats: this.nats, redis: this.redis }),
      DECKWATCH_INSTANCE: 'soak',
      DECKWATCH_LOG_LEVEL: 'warn',
      DECKWATCH_SECRET_KEY: this.secretKey,
    };
    switch (name) {
      case 'demo':
        return { ...common, DECKWATCH_DEMO_SOCKET: socket };
      case 'collector':
        if (this.options.bare) return { ...common, DOCKER_HOST: 'unix:///none/docker.sock', DECKWATCH_HOST_NAME: 'machine' };
        return { ...common, ...MALLOC, DOCKER_HOST: `unix://${socket}`, DECKWATCH_SOURCE: 'docker', DECKWATCH_READER: 'engine', DECKWATCH_HOST_NAME: 'soaked' }; // prettier-ignore
      case 'sessions':
        return { ...common, DECKWATCH_SESSION_SOURCES: JSON.stringify([{ app: 'store', kind: 'redis', url: this.shop.url, shape: 'connect-redis' }]) }; // prettier-ignore
      case 'gateway':
        return { ...common, DECKWATCH_PORT: String(this.port), DECKWATCH_ADMIN_PASSWORD: PASSWORD };
      default:
        return common;
    }
  }
}
