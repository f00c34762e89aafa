import { readdirSync, readFileSync } from 'node:fs';
import { Redis } from 'ioredis';
import { SERVICES } from '../service.ts';
import type { House } from './house.ts';
import type { Point } from './trend.ts';

const KIB = 1024;

/** All series of a run, by `part: measure`. */
export class Sampler {
  readonly series = new Map<string, Point[]>();
  /** What could not be asked, and how often. */
  missed = 0;
  private readonly lives = { nats: 1, redis: 1 };
  private readonly redis: Redis;
  private readonly begin = Date.now();

  constructor(private readonly house: House) {
    this.redis = new Redis(house.redis.url, { maxRetriesPerRequest: 1 });
    this.redis.on('error', () => undefined);
  }

  /** A broker was started again. */
  reborn(broker: 'nats' | 'redis'): void {
    this.lives[broker] += 1;
  }

  /** Looks at everything once. What is away just now is left out. */
  async look(): Promise<Record<string, number>> {
    const at = Date.now() - this.begin;
    const seen: Record<string, number> = {};
    const note = (name: string, life: number, value: number): void => {
      if (!Number.isFinite(value)) return;
      seen[name] = value;
      const points = this.series.get(name);
      if (points) points.push({ at, life, value });
      else this.series.set(name, [{ at, life, value }]);
    };
    await Promise.all([this.services(note), this.brokers(note), this.stores(note)].map((look) => look.catch(() => void (this.missed += 1)))); // prettier-ignore
    return { at, ...seen };
  }

  close(): void {
    this.redis.disconnect();
  }

  private async services(note: (name: string, life: number, value: number) => void): Promise<void> {
    for (const name of SERVICES) {
      const { process, inspector, life } = this.house.of(name);
      const debug = await inspector;
      const kept = await debug?.kept().catch(() => void (this.missed += 1));
      if (!kept) continue;
      note(`${name}: heap`, life, kept.heap);
      note(`${name}: buffers`, life, kept.buffers);
      note(`${name}: active handles`, life, kept.active);
      note(`${name}: resident memory`, life, residentOf(process.pid));
      note(`${name}: open files`, life, filesOf(process.pid));
    }
  }

  private async brokers(note: (name: string, life: number, value: number) => void): Promise<void> {
    for (const name of ['nats', 'redis'] as const) {
      const { pid } = this.house[name];
      if (pid === undefined) continue;
      note(`${name}: resident memory`, this.lives[name], residentOf(pid));
      note(`${name}: open files`, this.lives[name], filesOf(pid));
    }
    note('redis: keys', 1, await this.redis.dbsize());
    const memory = /used_memory:(\d+)/.exec(await this.redis.info('memory'))?.[1];
    note('redis: bytes of data', 1, Number(memory));
  }

  private async stores(note: (name: string, life: number, value: number) => void): Promise<void> {
    for await (const { config, state } of this.house.bus.jsm.streams.list()) {
      note(`${config.name}: messages`, 1, state.messages);
      note(`${config.name}: bytes`, 1, state.bytes);
    }
  }
}

function residentOf(pid: number): number {
  try {
    return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * KIB;
  } catch {
    return Number.NaN; // it has ended
  }
}

function filesOf(pid: number): number {
  try {
    return readdirSync(`/proc/${pid}/fd`).length;
  } catch {
    return Number.NaN;
  }
}
