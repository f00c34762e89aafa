import { createHmac, randomBytes } from 'node:crypto';
import { SESSIONS_RPC, type SessionSource } from '@deckwatch/contracts';
import {
  accessToken,
  eventually,
  startNats,
  startRedis,
  testBus,
  type NatsServer,
  type RedisServer,
} from '@deckwatch/testing';
import { Redis } from 'ioredis';
import { costOf } from '../process-tree.ts';
import { startService, type RunningService } from '../service.ts';

export const APP = 'bench';
const PASSWORD = 'a pass phrase for the bench';
const KEY = randomBytes(32);

export type PartName = 'sessions' | 'gateway' | 'nats' | 'own Redis' | "user's Redis";
/** CPU of each part in milliseconds since it was started. */
export type Costs = Record<PartName, number>;

/** A user's Redis with sessions as connect-redis keeps them, and the services that show them. */
export class SessionStage {
  readonly gatewayUrl: string;
  token = '';

  private constructor(
    readonly nats: NatsServer,
    readonly own: RedisServer,
    readonly users: RedisServer,
    readonly bus: Awaited<ReturnType<typeof testBus>>,
    readonly redis: Redis,
    private readonly port: number,
    private services: Partial<Record<'sessions' | 'gateway', RunningService>> = {},
  ) {
    this.gatewayUrl = `http://127.0.0.1:${port}`;
  }

  static async open(port: number): Promise<SessionStage> {
    const [nats, own, users] = await Promise.all([startNats(), startRedis(), startRedis({ args: ['--appendonly', 'no'] })]); // prettier-ignore
    return new SessionStage(nats, own, users, await testBus(nats), new Redis(users.url), port);
  }

  /** Starts the services; resolves once all sessions at the source are known, with the milliseconds that took. */
  async start(source: object = {}, limitMs = 170_000): Promise<number> {
    const common = { NATS_URL: this.nats.url, DECKWATCH_LOG_LEVEL: 'warn', DECKWATCH_SECRET_KEY: KEY.toString('base64') }; // prettier-ignore
    this.services.gateway = startService('gateway', {
      ...common,
      DECKWATCH_PORT: String(this.port),
      DECKWATCH_ADMIN_PASSWORD: PASSWORD,
    });
    const alive = async () => (await fetch(`${this.gatewayUrl}/health/live`)).ok;
    await eventually(alive, { timeoutMs: 20_000, describe: 'the gateway' });
    this.token = await accessToken(this.gatewayUrl, PASSWORD);
    const sources = [{ app: APP, kind: 'redis', url: this.users.url, shape: 'connect-redis', attrs: { n: 'n' }, ...source }]; // prettier-ignore
    const startedAt = performance.now();
    this.services.sessions = startService('sessions', {
      ...common,
      REDIS_URL: this.own.url,
      DECKWATCH_SESSION_SOURCES: JSON.stringify(sources),
    });
    const known = async () => (await this.state()).state === 'following' && (await this.state()).comparedAt !== null;
    await eventually(known, { timeoutMs: limitMs, everyMs: 50, describe: 'all sessions' });
    return performance.now() - startedAt;
  }

  async state(): Promise<SessionSource> {
    return (await this.bus.call('sessions', SESSIONS_RPC, 'sources', {})).items[0]!;
  }

  get sessionsPid(): number {
    return this.services.sessions!.pid;
  }

  costs(): Costs {
    const cpu = (pid: number | undefined): number => (pid === undefined ? 0 : costOf(pid).cpuMs);
    return {
      sessions: cpu(this.services.sessions?.pid),
      gateway: cpu(this.services.gateway?.pid),
      nats: cpu(this.nats.pid),
      'own Redis': cpu(this.own.pid),
      "user's Redis": cpu(this.users.pid),
    };
  }

  async close(): Promise<void> {
    await Promise.all(Object.values(this.services).map((service) => service.stop()));
    this.redis.disconnect();
    await this.bus.close();
    await Promise.all([this.nats.stop(), this.own.stop(), this.users.stop()]);
  }
}

/** What a session is called in Deckwatch. */
export function publicId(id: string): string {
  return createHmac('sha256', KEY).update(id).digest('base64url').slice(0, 22);
}

/** A session as express-session writes it. */
export function document(n: number): string {
  const cookie = { originalMaxAge: 86_400_000, expires: '2030-01-01T00:00:00.000Z', httpOnly: true, path: '/' };
  return JSON.stringify({ cookie, passport: { user: `user-${n % 50_000}` }, n });
}
