import { VirtualClock, silentLog } from '@deckwatch/testing';
import fc from 'fast-check';
import { USUAL_RULES, type Outcome, type SessionChange } from '../src/registry/session-change.ts';
import { HttpSource } from '../src/sources/http/http-source.ts';
import { HttpSourceSettings } from '../src/sources/source-settings.ts';
import { NotTaken, type ChangeSink } from '../src/sources/session-source.ts';
import { START } from './changes.ts';
import { publicId } from './source-stage.ts';
import { INSTALLATION_KEY } from './running-keeper.ts';
import { SessionModel } from './session-model.ts';

const SEED = 20_260_103;
const RUNS = Number(process.env['DECKWATCH_PROPERTY_RUNS'] ?? 200);
const EVERY_MS = 1000;
/** The longest that a source waits after faults: eight times its usual pause. */
const LONGEST_MS = 8 * EVERY_MS;

type Step =
  | { kind: 'begin' | 'end'; id: string }
  | { kind: 'answer'; as: 'list' | 'fault' | 'nonsense' | 'nobody' }
  | { kind: 'wait'; ms: number }
  | { kind: 'refuse' }
  | { kind: 'die' };

const id = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f');
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constantFrom('begin' as const, 'begin' as const, 'end' as const), id }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('answer' as const), as: fc.constantFrom('list', 'list', 'fault', 'nonsense', 'nobody') }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.constantFrom(300, 1000, 2500) }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'refuse' as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'die' as const }) },
) as fc.Arbitrary<Step>; // prettier-ignore

/** An endpoint whose list changes and that sometimes answers nonsense, and a source that may die and be taken over. */
class Trial implements ChangeSink {
  readonly model = new SessionModel(USUAL_RULES);
  /** What each believable answer listed, in order. */
  readonly lists: string[][] = [];
  people = new Set<string>();
  private readonly clock = new VirtualClock(START);
  private answer: 'list' | 'fault' | 'nonsense' | 'nobody' = 'list';
  private refusing = false;
  private dead = new AbortController();

  constructor(private readonly paged: boolean) {
    this.begin();
  }

  submit(change: SessionChange): Promise<Outcome> {
    if (this.refusing) {
      this.refusing = false;
      return Promise.reject(new NotTaken('away', true));
    }
    return Promise.resolve(this.model.apply(change));
  }

  push(): never {
    throw new Error('a source waits for each answer');
  }

  async take(step: Step): Promise<void> {
    if (step.kind === 'begin') this.people.add(step.id);
    else if (step.kind === 'end') this.people.delete(step.id);
    else if (step.kind === 'answer') this.answer = step.as;
    else if (step.kind === 'wait') await this.clock.advance(step.ms);
    else if (step.kind === 'refuse') this.refusing = true;
    else await this.takeOver();
  }

  async settle(): Promise<void> {
    this.answer = 'list';
    await this.clock.advance(3 * LONGEST_MS);
    this.dead.abort();
    await this.clock.advance(0);
  }

  eventsOf(name: string): string[] {
    return this.model.events.filter((event) => event.id === publicId(name) && event.event !== 'updated').map(({ event }) => event); // prettier-ignore
  }

  private async takeOver(): Promise<void> {
    this.dead.abort();
    await this.clock.advance(0);
    this.begin();
    await this.clock.advance(0);
  }

  private begin(): void {
    this.dead = new AbortController();
    const pages = this.paged ? { next: 'next' } : {};
    const settings = HttpSourceSettings.parse({ app: 'shop', kind: 'http', url: 'http://shop/list', items: 'list', everySeconds: EVERY_MS / 1000, ...pages }); // prettier-ignore
    const { model } = this;
    const registry = {
      async *heldBy() {
        yield [...model.live.values()].map(({ id: held, expiresAt }) => ({ id: held, expiresAt }));
      },
      setCount: () => Promise.resolve(),
    };
    const parts = { registry, sink: this, installationKey: INSTALLATION_KEY, clock: this.clock, log: silentLog };
    const fetch = (url: string | URL | Request) => this.respond(String(url));
    void new HttpSource({ ...settings, name: 'shop-http' }, { ...parts, fetch }).work(this.dead.signal);
  }

  private async respond(url: string): Promise<Response> {
    if (this.answer === 'nobody') throw new TypeError('fetch failed', { cause: new Error('refused') });
    if (this.answer === 'fault') return new Response('no', { status: 500 });
    if (this.answer === 'nonsense') return new Response('{"list":7}');
    const people = [...this.people].sort();
    const from = Number(new URL(url).searchParams.get('from') ?? 0);
    const page = this.paged ? people.slice(from, from + 2) : people;
    const next = this.paged && from + 2 < people.length ? `http://shop/list?from=${from + 2}` : null;
    if (next === null) this.lists.push(people);
    return new Response(JSON.stringify({ list: page.map((name) => ({ id: name })), next }));
  }
}

describe('a source that polls', () => {
  it.each([
    ['in one answer', false],
    ['on several pages', true],
  ])(
    'that lists all %s ends up with whom the endpoint lists, and begins and ends each as often as a list may show',
    async (_, paged) => {
      const property = fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const trial = new Trial(paged);
        for (const taken of steps) await trial.take(taken);
        await trial.settle();
        expect([...trial.model.live.values()].map((session) => session.id).sort()).toEqual([...trial.people].map(publicId).sort()); // prettier-ignore
        for (const name of ['a', 'b', 'c', 'd', 'e', 'f']) {
          const events = trial.eventsOf(name);
          const begins = trial.lists.filter((list, at) => list.includes(name) && !trial.lists[at - 1]?.includes(name)).length; // prettier-ignore
          const created = events.filter((event) => event === 'created').length;
          expect(created).toBeLessThanOrEqual(begins);
          if (!paged && steps.every(({ kind }) => kind !== 'refuse')) expect(created).toBe(begins);
          expect(created).toBeGreaterThanOrEqual(Math.min(1, trial.people.has(name) ? 1 : 0));
          expect(events.length).toBe(2 * created - (trial.people.has(name) ? 1 : 0));
        }
      });
      await fc.assert(property, { seed: SEED, numRuns: RUNS });
    },
    120_000,
  );
});
