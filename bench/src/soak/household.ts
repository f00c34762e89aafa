import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '@deckwatch/testing';
import { Fleet } from '../fleet/fleet.ts';
import { Arrivals, NORMAL_DAY, perSecond, type Kind } from './arrivals.ts';
import { PASSWORD, type House } from './house.ts';
import { NoticeSink } from './notice-sink.ts';
import { Pages } from './pages.ts';
import { APP, SessionLives } from './session-lives.ts';
import { Resident, Sights, visit } from './visits.ts';

const RESIDENTS = 3;
const CONTAINERS = 200;
const HOSTS = 5;
/** Sessions that nobody ends are over after their minute, and told of within a few seconds more. */
const EXPIRED_MS = 180_000;

const RULES = [
  { id: 'deaths', name: 'Deaths', target: 'container', condition: { event: ['died', 'oom'], count: 1, withinMs: 60_000 } }, // prettier-ignore
  { id: 'busy', name: 'Busy', target: 'container', select: { service: 'worker' }, condition: { metric: 'cpu', op: '>', value: 110 } }, // prettier-ignore
  { id: 'crowd', name: 'Crowd', target: 'sessions', condition: { metric: 'created', op: '>', value: 4 }, forMs: 5000 },
];

/** All that goes on in and around a Deckwatch, at so many times the normal rate. */
export class Household {
  readonly sights = new Sights();
  /** What went wrong at whoever came, by what it was. */
  readonly faults: Record<string, number> = {};
  private readonly arrivals: Arrivals[] = [];
  private readonly residents: Resident[];

  private constructor(
    private readonly house: House,
    private readonly fleet: Fleet,
    readonly notices: NoticeSink,
    readonly sessions: SessionLives,
    readonly pages: Pages,
    token: string,
  ) {
    this.residents = Array.from({ length: RESIDENTS }, () => new Resident(house.url, token, this.sights));
  }

  /** Resolves when it goes on. */
  static async move(house: House, rate: number, seed: number): Promise<Household> {
    const notices = await NoticeSink.listen(seed);
    const signedIn = await house.token();
    const { token } = await post<{ token: string }>(house, signedIn, '/tokens', { name: 'soak', role: 'admin' });
    const channel = { name: 'Soak', type: 'webhook', url: notices.url, allowPrivate: true };
    const { id } = await post<{ id: string }>(house, token, '/channels', channel);
    for (const rule of RULES) await post(house, token, '/alert-rules', { ...rule, channels: [id] });
    const eventsPerMinute = 60 * perSecond('stories', rate);
    const fleet = await Fleet.start({ nats: house.nats.url, name: 'soak', hosts: HOSTS, containers: CONTAINERS, seed, intervalMs: 1000, eventsPerMinute, singles: false }); // prettier-ignore
    const lives = new SessionLives(house.bus, house.shop.url, seed);
    const household = new Household(house, fleet, notices, lives, new Pages(house.url, token), token);
    household.begin(rate, seed);
    return household;
  }

  /** Nobody comes any more; resolves when those who are there are gone. */
  async rest(): Promise<void> {
    this.arrivals.forEach((arrival) => arrival.stop());
    const gone = async () => (await this.active()) === 0;
    await eventually(gone, { timeoutMs: EXPIRED_MS, everyMs: 1000, describe: 'the end of all sessions' });
  }

  async leave(): Promise<void> {
    this.arrivals.forEach((arrival) => arrival.stop());
    this.residents.forEach((resident) => resident.stop());
    this.sessions.stop();
    await sleep(500);
    await this.fleet.stop().catch(() => undefined);
    this.notices.close();
  }

  /** Sessions of the application that are said to be active. */
  private async active(): Promise<number> {
    const signal = AbortSignal.timeout(5000);
    const headers = { authorization: `Bearer ${this.pages.token}` };
    const answer = await fetch(`${this.house.url}/api/v1/sessions/count`, { headers, signal });
    const { byApp } = (await answer.json()) as { byApp: Record<string, number> };
    return (byApp[APP] ?? 0) + (byApp['store'] ?? 0);
  }

  private begin(rate: number, seed: number): void {
    const works: Record<Exclude<Kind, 'stories'>, (number: number) => Promise<void>> = {
      sessions: (number) => this.sessions.live(number),
      visits: (number) => visit(this.house.url, PASSWORD, number, seed, this.sights),
      pages: (number) => this.pages.ask(number),
    };
    for (const [salt, kind] of (Object.keys(works) as (keyof typeof works)[]).entries()) {
      const failed = (error: unknown): void => this.blame(`${kind}: ${(error as Error).message.slice(0, 80)}`);
      this.arrivals.push(new Arrivals(perSecond(kind, rate), seed, 70 + salt, works[kind], failed));
    }
  }

  private blame(what: string): void {
    this.faults[what] = (this.faults[what] ?? 0) + 1;
  }
}

export const AT_A_TIME = `${CONTAINERS} simulated containers on ${HOSTS} hosts besides the demo's, ${RESIDENTS} consoles that stay`;
export const SPOKEN_DAY = Object.entries(NORMAL_DAY).map(([kind, count]) => `${count} ${kind}`).join(', '); // prettier-ignore

async function post<T>({ url }: House, token: string, path: string, body: object): Promise<T> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const answer = await fetch(`${url}/api/v1${path}`, { method: 'POST', headers, body: JSON.stringify(body), signal: AbortSignal.timeout(10_000) }); // prettier-ignore
  const text = await answer.text();
  if (!answer.ok) throw new Error(`POST ${path}: ${answer.status} ${text}`);
  return JSON.parse(text) as T;
}
