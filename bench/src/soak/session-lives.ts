import { setTimeout as sleep } from 'node:timers/promises';
import type { Bus } from '@deckwatch/bus';
import { Redis } from 'ioredis';
import { chance } from '../fleet/chance.ts';

export const APP = 'soak';
const TTL_MS = 60_000;
const TRIES = 60;
const PAUSE_MS = 500;
/** Of how many people they are. */
const PEOPLE = 500;

/** Sessions that begin, are touched, and end or expire: half of them told by the application, half found in its Redis. */
export class SessionLives {
  /** Told and acknowledged; tried, whether or not anybody answered. */
  begun = 0;
  tried = 0;
  private ended = false;
  private readonly redis: Redis;

  constructor(
    private readonly bus: Bus,
    shopUrl: string,
    private readonly seed: number,
  ) {
    this.redis = new Redis(shopUrl);
    this.redis.on('error', () => undefined);
  }

  async live(number: number): Promise<void> {
    const stayMs = 10_000 + 40_000 * chance(this.seed, number, 31);
    // One in five closes the browser and is never heard of again.
    const leaves = chance(this.seed, number, 32) > 0.2;
    if (number % 2 === 0) return this.shopLife(`${number}`, stayMs, leaves);
    const user = `user-${number % PEOPLE}`;
    const id = `${APP}-${number}`;
    this.tried += 1;
    if (!(await this.tell({ id, user, op: 'start', ttlMs: TTL_MS }))) return;
    this.begun += 1;
    await sleep(stayMs / 2);
    await this.tell({ id, user, op: 'touch', ttlMs: TTL_MS });
    await sleep(stayMs / 2);
    if (leaves) await this.tell({ id, user, op: 'end' });
  }

  stop(): void {
    this.ended = true;
    this.redis.disconnect();
  }

  private async shopLife(id: string, stayMs: number, leaves: boolean): Promise<void> {
    const cookie = { originalMaxAge: TTL_MS, httpOnly: true, path: '/' };
    const document = JSON.stringify({ cookie, passport: { user: `user-${Number(id) % PEOPLE}` } });
    await this.redis.set(`sess:${id}`, document, 'PX', TTL_MS);
    await sleep(stayMs);
    if (leaves && !this.ended) await this.redis.del(`sess:${id}`);
  }

  /** An application that tries until it is heard. */
  private async tell(message: object): Promise<boolean> {
    for (let attempt = 0; attempt < TRIES && !this.ended; attempt += 1) {
      try {
        const answer = await this.bus.request(`deckwatch.ingest.sessions.${APP}`, message);
        if ((answer as { ok?: boolean }).ok) return true;
      } catch {
        // nobody answered: once more
      }
      await sleep(PAUSE_MS);
    }
    return false;
  }
}
