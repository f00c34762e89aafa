import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { subjects, type AlertMessage } from '@deckwatch/contracts';
import {
  accessToken,
  aContainerEvent,
  aStatsRow,
  aStatsSweep,
  brokerSettings,
  containerIdOf,
  eventually,
  freePort,
  startNats,
  startRedis,
  testBus,
  type NatsServer,
  type RedisServer,
} from '@deckwatch/testing';
import type WebSocket from 'ws';
import { openConsole, type ServerFrame } from '../../console-socket.ts';
import { costOf } from '../../process-tree.ts';
import { startService, type RunningService } from '../../service.ts';
import { thresholdOf, type Crossings } from './crossings.ts';
import { readMetrics, sumOf } from './metrics-text.ts';
import { HOSTS, INTERVAL_MS, type Side, type SideCount } from './side.ts';

type Bus = Awaited<ReturnType<typeof testBus>>;

const PASSWORD = 'a pass phrase for the bench';
const START_MS = 30_000;
/** So many containers are made known at once. */
const BATCH = 500;

/** An alerts service with brokers and gateway, and the sweeps of ten hosts once a second, each at a moment of its own. */
export class Deckwatch implements Side {
  private readonly services: Partial<Record<'alerts' | 'gateway', RunningService>> = {};
  private readonly timers: NodeJS.Timeout[] = [];
  private readonly folder = mkdtempSync(join(tmpdir(), 'bench-deckwatch-'));
  private socket?: WebSocket;
  private token = '';
  private rules = 0;

  private constructor(
    private readonly crossings: Crossings,
    private readonly size: number,
    private readonly nats: NatsServer,
    private readonly redis: RedisServer,
    private readonly bus: Bus,
    private readonly port: number,
    private readonly opsPort: number,
  ) {}

  static async start(crossings: Crossings, size: number): Promise<Deckwatch> {
    const [nats, redis] = await Promise.all([startNats(), startRedis()]);
    const bus = await testBus(nats);
    const side = new Deckwatch(crossings, size, nats, redis, bus, await freePort(), await freePort());
    try {
      await side.open();
      return side;
    } catch (error) {
      await side.stop();
      throw error;
    }
  }

  async setRules(count: number): Promise<void> {
    for (; this.rules < count; this.rules += 1) {
      const condition = { metric: 'cpu', op: '>', value: thresholdOf(this.rules) };
      const rule = { id: `rule-${this.rules}`, name: `Rule ${this.rules}`, target: 'container', condition, channels: [] }; // prettier-ignore
      await this.rest('POST', '/alert-rules', rule);
    }
  }

  async count(): Promise<SideCount> {
    const alerts = costOf(this.services.alerts!.pid);
    const others = [this.services.gateway!.pid, this.nats.pid!, this.redis.pid!].map((pid) => costOf(pid).cpuMs);
    return {
      cpuMs: alerts.cpuMs,
      rss: alerts.rss,
      allCpuMs: others.reduce((sum, cpuMs) => sum + cpuMs, alerts.cpuMs),
      evaluations: (await this.samples()) * this.rules,
    };
  }

  async stop(): Promise<void> {
    this.timers.forEach(clearInterval);
    this.socket?.terminate();
    await Promise.all(Object.values(this.services).map((service) => service.stop()));
    await this.bus.close();
    await Promise.all([this.nats.stop(), this.redis.stop()]);
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async open(): Promise<void> {
    const common = {
      DECKWATCH_DATA: this.folder,
      DECKWATCH_LOG_LEVEL: 'warn',
      DECKWATCH_SECRET_KEY: randomBytes(32).toString('base64'),
    };
    const own = (service: 'alerts' | 'gateway') => brokerSettings(service, { nats: this.nats, redis: this.redis });
    const ops = { DECKWATCH_OPS_PORT: String(this.opsPort) };
    this.services.alerts = startService('alerts', { ...common, ...own('alerts'), ...ops });
    const door = { DECKWATCH_PORT: String(this.port), DECKWATCH_ADMIN_PASSWORD: PASSWORD };
    this.services.gateway = startService('gateway', { ...common, ...own('gateway'), ...door });
    const signedIn = async () => void (this.token = await accessToken(this.url, PASSWORD));
    await eventually(signedIn, { timeoutMs: START_MS, describe: 'the gateway' });
    await eventually(() => this.rest('GET', '/alert-rules'), { timeoutMs: START_MS, describe: 'the alerts service' });
    await this.appear();
    this.socket = await openConsole(this.url, this.token, [{ topics: ['alerts'] }], (frame) => this.take(frame));
    for (let host = 0; host < HOSTS; host += 1) {
      const begin = (): void => void this.timers.push(setInterval(() => this.sweep(host), INTERVAL_MS));
      this.timers.push(setTimeout(begin, (host * INTERVAL_MS) / HOSTS));
    }
    await eventually(async () => (await this.samples()) > this.size, { timeoutMs: START_MS, describe: 'all series' });
  }

  private get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  private async appear(): Promise<void> {
    for (let from = 0; from < this.size; from += BATCH) {
      const numbers = Array.from({ length: Math.min(BATCH, this.size - from) }, (_, index) => from + index);
      await Promise.all(numbers.map((number) => this.announce(number)));
    }
  }

  private announce(number: number): Promise<unknown> {
    const event = aContainerEvent({ host: hostOf(number), id: containerIdOf(number), name: `web-${number}`, t: Date.now() }); // prettier-ignore
    return this.bus.js.publish(subjects.container(event.host, event.id), JSON.stringify(event));
  }

  private sweep(host: number): void {
    const rows = [];
    for (let number = host; number < this.size; number += HOSTS)
      rows.push(aStatsRow(containerIdOf(number), { cpu: this.crossings.value(number) }));
    const sweep = aStatsSweep({ host: hostOf(host), t: Date.now(), intervalMs: INTERVAL_MS, rows: rows as never });
    this.bus.publish(subjects.stats(hostOf(host)), sweep);
  }

  private take({ event, data }: ServerFrame): void {
    if (event !== 'event' || data.topic !== 'alerts') return;
    const { change, state, target } = data.data as AlertMessage;
    if (change === 'state' && state === 'firing' && target.name.startsWith('web-'))
      this.crossings.see(Number(target.name.slice('web-'.length)));
  }

  private async samples(): Promise<number> {
    const text = await readMetrics(`http://127.0.0.1:${this.opsPort}/metrics`);
    return sumOf(text, 'deckwatch_alerts_samples_total');
  }

  private async rest(method: string, path: string, body?: object): Promise<void> {
    const answer = await fetch(`${this.url}/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${this.token}`, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(5000),
    });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  }
}

const hostOf = (number: number): string => `bench-${number % HOSTS}`;
