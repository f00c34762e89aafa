import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DeliverPolicy, jetstream } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { accessToken, brokerSettings, eventually, freePort, startNats, startRedis, type NatsServer, type RedisServer } from '@deckwatch/testing'; // prettier-ignore
import type { Told } from './flaky-receiver.ts';
import type { Stored } from './findings.ts';

/** What can be killed, and a second instance of the alerts service, where there is one. */
export const PARTS = ['alerts', 'gateway', 'nats', 'redis'] as const;
export const SECOND = 'alerts-2';
export type Part = (typeof PARTS)[number] | typeof SECOND;
type Instance = 'alerts' | 'gateway' | typeof SECOND;

const PASSWORD = 'a pass phrase for the storm';
const END_MS = 5000;

/** Brokers and services as processes of their own, each to be killed and started again. */
export class StormStage {
  readonly url: string;
  token = '';
  private readonly children = new Map<Instance, ChildProcess>();
  private readonly folder = mkdtempSync(join(tmpdir(), 'dw-storm-'));
  private readonly key = randomBytes(32).toString('base64');

  private constructor(
    readonly nats: NatsServer,
    readonly redis: RedisServer,
    /** Where the services' bundles are: the workspace. */
    private readonly root: string,
    private readonly port: number,
    /** In how many shards, and by how many instances, alerts are evaluated. */
    private readonly shards: 1 | 2,
  ) {
    this.url = `http://127.0.0.1:${port}`;
  }

  static async open(root: string, shards: 1 | 2 = 1): Promise<StormStage> {
    const stage = new StormStage(await startNats(), await startRedis(), root, await freePort(), shards);
    try {
      await stage.becomeReady();
      return stage;
    } catch (error) {
      await stage.close();
      throw error;
    }
  }

  private async becomeReady(): Promise<void> {
    this.start('alerts');
    if (this.shards === 2) this.start(SECOND);
    this.start('gateway');
    const signedIn = async () => void (this.token = await accessToken(this.url, PASSWORD));
    await eventually(signedIn, { timeoutMs: 30_000, describe: 'the gateway' });
    await eventually(() => this.rest('GET', '/alert-rules'), { timeoutMs: 30_000, describe: 'the alerts service' });
  }

  /** Calls the gateway as an operator's script would. Throws what it answered, where that is a refusal. */
  async rest<T>(method: string, path: string, body?: object): Promise<T> {
    const answer = await fetch(`${this.url}/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${this.token}`, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(END_MS),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return JSON.parse(text || '{}') as T;
  }

  /** SIGKILL. */
  async kill(part: Part): Promise<void> {
    if (part === 'nats') return this.nats.kill();
    if (part === 'redis') return this.redis.kill();
    const child = this.children.get(part)!;
    child.kill('SIGKILL');
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  }

  async restart(part: Part): Promise<void> {
    if (part === 'nats') await this.nats.restart();
    else if (part === 'redis') await this.redis.restart();
    else this.start(part);
  }

  /** The ALERTS stream from a sequence on, read as anybody may who knows NATS. */
  async stored(from = 1): Promise<Stored[]> {
    const connection = await connect({ servers: this.nats.url, reconnect: false });
    try {
      return await readStream(connection, from);
    } finally {
      await connection.close();
    }
  }

  /** A connection that may do everything, and comes back. */
  connect(): Promise<NatsConnection> {
    return connect({ servers: this.nats.url, maxReconnectAttempts: -1, reconnectTimeWait: 50 });
  }

  async close(): Promise<void> {
    for (const instance of this.children.keys()) await this.kill(instance).catch(() => undefined);
    await this.redis.stop();
    await this.nats.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private start(instance: Instance): void {
    const service = instance === SECOND ? 'alerts' : instance;
    const env = {
      PATH: process.env['PATH'],
      ...brokerSettings(service, { nats: this.nats, redis: this.redis }),
      DECKWATCH_PORT: String(this.port),
      ...(service === 'alerts' && { DECKWATCH_INSTANCE: instance, DECKWATCH_ALERT_SHARDS: String(this.shards) }),
      DECKWATCH_DATA: this.folder,
      DECKWATCH_SECRET_KEY: this.key,
      DECKWATCH_ADMIN_PASSWORD: PASSWORD,
      DECKWATCH_LOG_LEVEL: 'info',
    };
    const log = openSync(join(process.env['STORM_LOGS'] ?? this.folder, `${instance}.log`), 'a');
    const script = join(this.root, 'services', service, 'dist/main.js');
    this.children.set(instance, spawn(process.execPath, [script], { env, stdio: ['ignore', log, log] }));
  }
}

async function readStream(connection: NatsConnection, from: number): Promise<Stored[]> {
  const consumer = await jetstream(connection).consumers.get('ALERTS', {
    filter_subjects: 'deckwatch.alerts.>',
    deliver_policy: DeliverPolicy.StartSequence,
    opt_start_seq: from,
  });
  const found: Stored[] = [];
  let left = (await consumer.info()).num_pending;
  if (left === 0) return found;
  for await (const message of await consumer.consume()) {
    found.push({ ...message.json<Told & { change: string }>(), subject: message.subject, order: message.seq });
    if ((left -= 1) <= 0) break;
  }
  return found;
}
