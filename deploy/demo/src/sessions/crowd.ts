import { daily } from '../simulation/curves.ts';
import { chance, hexDigits } from '../simulation/random.ts';

/** What an application tells of a session, with the application. */
export interface CrowdMessage {
  app: string;
  id: string;
  user: string;
  op: 'start' | 'touch' | 'end';
  ttlMs: number;
  attrs: Record<string, string | boolean>;
  t: number;
}

interface Visit {
  app: string;
  id: string;
  user: string;
  index: number;
  leavesAt: number;
  /** Goes without signing out: the session is left to expire. */
  silent: boolean;
  nextTouch: number;
}

export interface CrowdOptions {
  seed: number;
  startedAt: number;
}

const FIRST = [
  'Ambrose',
  'Tilda',
  'Bruno',
  'Odette',
  'Casimir',
  'Wilma',
  'Dorian',
  'Ysolde',
  'Edgar',
  'Paloma',
  'Fergus',
  'Nerissa',
];
const LAST = [
  'Fernwick',
  'Moonbrook',
  'Tallowmere',
  'Quillfeather',
  'Applegarth',
  'Starling',
  'Bumbleworth',
  'Thistledown',
  'Winterbottle',
];
const PAGES: Record<string, string[]> = {
  shop: ['/', '/basket', '/checkout', '/sale', '/orders'],
  wiki: ['Main_Page', 'Recent_changes', 'Sandbox', 'Help'],
};
const DEVICES = ['phone', 'laptop', 'tablet'];

const TTL_MS = 60_000;
const TOUCH_MS = 20_000;
/** How long somebody stays on a page. */
const PAGE_MS = 90_000;
/** The first visitors come soon, so that a newcomer sees somebody arrive. */
const EARLY_MS = [1500, 3000, 5000, 8000, 12_000, 17_000, 23_000, 30_000];
const STEP_MS = 1000;
const ARRIVALS_PER_SECOND = 0.12;
const MOST_VISITS = 200;

/** Invented people who come to the applications of the demo, look around and go. No clock of its own. */
export class Crowd {
  private readonly visits = new Map<string, Visit>();
  private now: number;
  private count = 0;

  constructor(private readonly options: CrowdOptions) {
    this.now = options.startedAt;
  }

  get active(): number {
    return this.visits.size;
  }

  /** What the applications tell between the last time and `t`, in order of time. */
  advance(t: number): CrowdMessage[] {
    if (t <= this.now) return [];
    const messages = this.arrivals(this.now, t).flatMap((at) => this.arrive(at));
    for (const visit of [...this.visits.values()]) messages.push(...this.live(visit, t));
    this.now = t;
    return messages.sort((a, b) => a.t - b.t);
  }

  /** Everybody leaves. */
  leave(t: number): CrowdMessage[] {
    const messages = [...this.visits.values()].map((visit) => this.message(visit, 'end', t));
    this.visits.clear();
    return messages;
  }

  private arrivals(from: number, to: number): number[] {
    const { startedAt, seed } = this.options;
    const early = EARLY_MS.map((after) => startedAt + after).filter((at) => at > from && at <= to);
    const late: number[] = [];
    const first = Math.floor(Math.max(from, to - 60_000) / STEP_MS) + 1;
    for (let step = first; step * STEP_MS <= to; step += 1) {
      if (chance(seed, 'arrival', step) < ARRIVALS_PER_SECOND * daily(step * STEP_MS)) late.push(step * STEP_MS);
    }
    return [...early, ...late].sort((a, b) => a - b);
  }

  private arrive(at: number): CrowdMessage[] {
    if (this.visits.size >= MOST_VISITS) return [];
    const { seed, startedAt } = this.options;
    const index = (this.count += 1);
    const pick = (key: string): number => chance(seed, `visit/${key}`, index);
    const app = pick('app') < 0.75 ? 'shop' : 'wiki';
    const visit: Visit = {
      app,
      // Of this start of the demo alone: an id that has ended is not taken up again.
      id: `demo-${hexDigits(seed ^ startedAt ^ Math.floor(startedAt / 2 ** 31), `${app}/${index}`, 16)}`,
      user: `${choose(FIRST, pick('first'))} ${choose(LAST, pick('last'))}`,
      index,
      leavesAt: at + 25_000 + Math.floor(pick('stay') ** 2 * 540_000),
      silent: pick('silent') < 0.25,
      nextTouch: at + TOUCH_MS,
    };
    this.visits.set(visit.id, visit);
    return [this.message(visit, 'start', at)];
  }

  private live(visit: Visit, t: number): CrowdMessage[] {
    const messages: CrowdMessage[] = [];
    while (visit.nextTouch <= Math.min(t, visit.leavesAt)) {
      messages.push(this.message(visit, 'touch', visit.nextTouch));
      visit.nextTouch += TOUCH_MS;
    }
    if (visit.leavesAt > t) return messages;
    this.visits.delete(visit.id);
    return visit.silent ? messages : [...messages, this.message(visit, 'end', visit.leavesAt)];
  }

  private message({ app, id, user, index }: Visit, op: CrowdMessage['op'], t: number): CrowdMessage {
    const { seed } = this.options;
    const page = choose(PAGES[app] ?? ['/'], chance(seed, `page/${index}`, Math.floor(t / PAGE_MS)));
    const device = choose(DEVICES, chance(seed, 'device', index));
    return { app, id, user, op, ttlMs: TTL_MS, attrs: { demo: true, page, device }, t };
  }
}

function choose(list: readonly string[], fraction: number): string {
  return list[Math.floor(fraction * list.length)] ?? list[0] ?? '';
}
