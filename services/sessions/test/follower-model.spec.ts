import { silentLog } from '@deckwatch/testing';
import fc from 'fast-check';
import { USUAL_RULES, type Outcome, type SessionChange } from '../src/registry/session-change.ts';
import { SourceBook } from '../src/sources/held/source-state.ts';
import { DirtyKeys } from '../src/sources/redis/dirty-keys.ts';
import { LATE_MS } from '../src/sources/redis/early-ends.ts';
import { KeyBook } from '../src/sources/redis/key-book.ts';
import { RedisFollower, Unsure } from '../src/sources/redis/redis-follower.ts';
import { SHAPE_BY_NAME } from '../src/sources/redis/shapes/shapes.ts';
import { NotTaken, type ChangeSink } from '../src/sources/session-source.ts';
import { SessionModel } from './session-model.ts';
import { SimulatedRedis, type Lifetime } from './simulated-redis.ts';
import { START } from './changes.ts';

const SEED = 20_260_102;
const RUNS = Number(process.env['DECKWATCH_PROPERTY_RUNS'] ?? 600);
const SOURCE = { name: 'shop-redis', app: 'shop', kind: 'redis' as const };
const SHAPE = SHAPE_BY_NAME.json;

type Act =
  | { kind: 'set'; key: string; user: string; ttlMs: number }
  | { kind: 'touch'; key: string; ttlMs: number }
  | { kind: 'del'; key: string }
  | { kind: 'sweep' };
type Trouble =
  | { kind: 'flush' }
  | { kind: 'deaf' }
  | { kind: 'refuse'; applied: boolean }
  /** The follower dies after so many further words to the registry, and another takes over. */
  | { kind: 'die'; after: number };
type Step =
  | Act
  | Trouble
  | { kind: 'wait'; ms: number }
  | { kind: 'deliver'; count: number }
  | { kind: 'step'; before: Act[]; after: Act[] };

function steps(keys: string[], troubles: boolean): fc.Arbitrary<Step[]> {
  const key = fc.constantFrom(...keys);
  const ttlMs = fc.constantFrom(Infinity, 400, 3000, 60_000);
  const user = fc.constantFrom('ada', 'bob');
  const act: fc.Arbitrary<Act> = fc.oneof(
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('set' as const), key, user, ttlMs }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('touch' as const), key, ttlMs }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('del' as const), key }) },
    { weight: 1, arbitrary: fc.constant({ kind: 'sweep' as const }) },
  );
  const acts = fc.array(act, { maxLength: 2 });
  const trouble: fc.Arbitrary<Trouble> = fc.oneof(
    fc.constant({ kind: 'flush' as const }),
    fc.constant({ kind: 'deaf' as const }),
    fc.record({ kind: fc.constant('refuse' as const), applied: fc.boolean() }),
    fc.record({ kind: fc.constant('die' as const), after: fc.integer({ min: 0, max: 6 }) }),
  );
  const step: fc.Arbitrary<Step> = fc.oneof(
    { weight: 8, arbitrary: act },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.constantFrom(1, 100, 500, 3000) }) },
    { weight: 5, arbitrary: fc.record({ kind: fc.constant('deliver' as const), count: fc.integer({ min: 1, max: 8 }) }) },
    { weight: 6, arbitrary: fc.record({ kind: fc.constant('step' as const), before: acts, after: acts }) },
    { weight: troubles ? 2 : 0, arbitrary: trouble },
  ); // prettier-ignore
  return fc.array(step, { maxLength: 60, size: 'max' });
}

/** A follower that may die at any moment, before the registry's model, at a source that goes on. */
class Trial implements ChangeSink {
  readonly model = new SessionModel(USUAL_RULES);
  readonly redis = new SimulatedRedis(() => this.now);
  /** Sessions whose begin was told to a follower that lived to hear it, or that were there during a whole comparison. */
  readonly shown = new Set<Lifetime>();
  readonly heard = new Set<Lifetime>();
  private now = START;
  private follower!: RedisFollower;
  private dirty!: DirtyKeys;
  private told: Lifetime[] = [];
  private refusal: { applied: boolean } | null = null;
  private wordsLeft = Infinity;
  private readonly keys = new KeyBook(SHAPE, { prefix: 's:' });

  constructor() {
    this.begin();
  }

  submit(change: SessionChange): Promise<Outcome> {
    if (this.wordsLeft === 0) return Promise.reject(new NotTaken('killed', true));
    this.wordsLeft -= 1;
    const { refusal } = this;
    this.refusal = null;
    if (refusal && !refusal.applied) return Promise.reject(new NotTaken('away', true));
    const outcome = this.model.apply(change);
    return refusal ? Promise.reject(new NotTaken('no answer', true)) : Promise.resolve(outcome);
  }

  push(): never {
    throw new Error('a follower waits for each answer');
  }

  async take(step: Step): Promise<void> {
    if (step.kind === 'wait') this.wait(step.ms);
    else if (step.kind === 'deliver') this.deliver(step.count);
    else if (step.kind === 'step') await this.step([step.before, step.after]);
    else if (step.kind === 'refuse') this.refusal = step;
    else if (step.kind === 'flush') this.redis.flush();
    else if (step.kind === 'deaf') this.deaf();
    else if (step.kind === 'die') await this.die(step.after);
    else this.act(step);
  }

  /** Nothing happens any more: all that can be known is known in the end. */
  async settle(): Promise<void> {
    this.refusal = null;
    for (let round = 0; round < 4; round += 1) {
      if (round > 0) this.follower.compareAll();
      const until = this.now + 2000 + LATE_MS;
      for (let taken = 0; this.now < until || !this.follower.complete; taken += 1) {
        if (taken > 10_000) throw new Error('it never comes to rest');
        this.redis.sweep();
        this.deliver(Infinity);
        this.now += Math.min(500, await this.step([]));
      }
    }
  }

  get registered(): string[] {
    return [...this.model.live.values()].map(({ id }) => `s:${id}`).sort();
  }

  /** What was told of each key, in order, but for updates. */
  eventsOf(key: string): string[] {
    return this.model.events.filter(({ id, event }) => id === key && event !== 'updated').map(({ event }) => event);
  }

  /** Nothing is on its way for longer than can be waited for. */
  private wait(ms: number): void {
    this.now += ms;
    const { notices } = this.redis;
    const late = notices.findIndex(({ at }) => at > this.now - LATE_MS / 2);
    this.deliver(late < 0 ? notices.length : late);
  }

  private act(act: Act): void {
    if (act.kind === 'set') this.redis.set(`s:${act.key}`, act.user, act.ttlMs);
    else if (act.kind === 'touch') this.redis.touch(`s:${act.key}`, act.ttlMs);
    else if (act.kind === 'del') this.redis.del(`s:${act.key}`);
    else this.redis.sweep();
  }

  private async die(after: number): Promise<void> {
    this.wordsLeft = after;
    await this.step([]);
    this.wordsLeft = Infinity;
    this.begin();
  }

  private begin(): void {
    this.dirty = new DirtyKeys();
    this.told = [];
    const { model } = this;
    const registry = {
      backlog: () => Promise.resolve(0),
      async *heldBy() {
        yield [...model.live.values()].map(({ id, expiresAt }) => ({ id, expiresAt }));
      },
    };
    this.follower = new RedisFollower(
      {
        source: SOURCE,
        shape: SHAPE,
        places: { user: ['user'], attrs: {} },
        keys: this.keys,
        publicId: (rest) => rest,
        registry,
        sink: this,
        dirty: this.dirty,
        book: new SourceBook(SOURCE, false),
        clock: { now: () => this.now },
        log: silentLog,
      },
      [this.redis],
    );
    this.deaf();
  }

  /** What is under way is lost; from now on all is told again. */
  private deaf(): void {
    this.redis.notices.length = 0;
    this.follower.compareAll();
  } // prettier-ignore

  private deliver(count: number): void {
    for (const { key, event, life } of this.redis.notices.splice(0, count)) {
      this.dirty.event(0, this.keys.meaning(key)!.rest, event);
      if (life) this.heard.add(life);
      if (life && event === 'new') this.told.push(life);
    }
  }

  private async step(meanwhile: Act[][]): Promise<number> {
    this.redis.meanwhile = meanwhile.map((acts) => () => acts.forEach((act) => this.act(act)));
    try {
      const waitMs = await this.follower.step();
      if (this.dirty.size === 0) for (const life of this.told.splice(0)) this.shown.add(life);
      return waitMs;
    } catch (error) {
      if (!(error instanceof Unsure)) throw error;
      this.told = [];
      this.follower.startAnew();
      return 1;
    } finally {
      this.redis.meanwhile = [];
    }
  }
}

function pairs(count: number, alive: boolean): string[] {
  return Array.from({ length: 2 * count - (alive ? 1 : 0) }, (_, at) => (at % 2 === 0 ? 'created' : 'destroyed'));
}

describe('a follower of keys', () => {
  it('tells each session once, whatever happens between an event, a look and a word to the registry', async () => {
    const property = fc.asyncProperty(steps(['a', 'b', 'c'], false), async (taken) => {
      const trial = new Trial();
      for (const step of taken) await trial.take(step);
      await trial.settle();
      const { lives, keys } = trial.redis;
      expect(trial.registered).toEqual(keys.sort());
      for (const key of ['a', 'b', 'c']) {
        const count = lives.filter((life) => life.key === `s:${key}`).length;
        expect([key, ...trial.eventsOf(key)]).toEqual([key, ...pairs(count, keys.includes(`s:${key}`))]);
      }
    });
    await fc.assert(property, { seed: SEED, numRuns: RUNS });
  }, 300_000);

  it('agrees with the source after every gap, crash, takeover and refusal, and tells once what could be seen and nothing else', async () => {
    const many = Array.from({ length: 40 }, (_, at) => `k${at}`);
    const property = fc.asyncProperty(steps(many, true), async (taken) => {
      const trial = new Trial();
      // A key that is over is never used again, as ids of sessions are not.
      const used = new Set<string>();
      for (const step of taken) {
        if (step.kind === 'set' && used.has(step.key) && !trial.redis.keys.includes(`s:${step.key}`)) continue;
        if (step.kind === 'step') step.before = step.after = [];
        if (step.kind === 'set') used.add(step.key);
        await trial.take(step);
      }
      await trial.settle();
      const { lives, keys } = trial.redis;
      expect(trial.registered).toEqual(keys.sort());
      for (const life of lives) {
        const events = trial.eventsOf(life.key.slice(2));
        const whole = pairs(1, life.endedAt === null);
        if (trial.shown.has(life) || life.endedAt === null) expect([life, ...events]).toEqual([life, ...whole]);
        else if (events.length > 0) expect([life, ...events]).toEqual([life, ...whole]);
        if (!trial.heard.has(life) && !trial.redis.found.has(life)) expect([life, ...events]).toEqual([life]);
      }
    });
    await fc.assert(property, { seed: SEED, numRuns: RUNS });
  }, 300_000);
});
