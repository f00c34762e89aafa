import fc from 'fast-check';
import type { AlertMessage } from '@deckwatch/contracts';
import { A_HOST, A_MOMENT, aContainerEvent, aHostReport, aRule, aStatsRow, aStatsSweep, containerIdOf, VirtualClock } from '@deckwatch/testing'; // prettier-ignore
import { Evaluator } from './evaluator.ts';
import { OwnShards, shardOf } from './own-shards.ts';

const IDS = Array.from({ length: 6 }, (_, number) => containerIdOf(number));
const keyOf = (id: string): string => `${A_HOST}.${id}`;
const RULES = [
  aRule({ id: 'busy', condition: { metric: 'cpu', op: '>', value: 80 }, forMs: 2000, noData: 'alert' }),
  aRule({ id: 'plain', condition: { metric: 'cpu', op: '>', value: 50 } }),
  aRule({ id: 'gone', target: 'host', condition: { metric: 'cpuPercent', op: '>', value: 99 }, noData: 'alert' }),
];

/** Evaluators that hear the same and each other, and share what one of them would do. */
class Shared {
  readonly clock = new VirtualClock(A_MOMENT);
  readonly said: AlertMessage[] = [];
  readonly evaluators: Evaluator[];
  private readonly stored = new Map<string, AlertMessage>();

  constructor(shards: number) {
    this.evaluators = Array.from({ length: shards }, (_, at) => this.evaluatorOf(at, shards));
    for (const [at, evaluator] of this.evaluators.entries()) evaluator.activate([], [at]);
  }

  sample(cpus: readonly number[]): void {
    const rows = cpus.map((cpu, at) => aStatsRow(IDS[at], { cpu }));
    for (const evaluator of this.evaluators) evaluator.sweep(aStatsSweep({ t: this.clock.now(), rows: rows as never }));
  }

  host(): void {
    for (const evaluator of this.evaluators) evaluator.hostReport(aHostReport({ t: this.clock.now() }));
  }

  /** A shard comes into other hands. */
  move(shard: number): void {
    const [from, to] = [0, 1].map((at) => this.evaluators[at]!);
    const [before, after] = from!.shards.has(shard) ? [from!, to!] : [to!, from!];
    before.release(shard);
    after.activate(this.stored, [shard]);
  }

  get story(): string[] {
    const states = this.said.filter(({ change }) => change === 'state');
    return states.map(({ id, seq, state, t, inhibitedBy }) => `${id} ${seq} ${state} ${t} ${inhibitedBy}`).sort();
  }

  private evaluatorOf(at: number, shards: number): Evaluator {
    const evaluator = new Evaluator({
      clock: this.clock,
      shards: new OwnShards(shards),
      announce: (subject, message) => {
        this.said.push(message);
        this.stored.set(subject, message);
        for (const [other, one] of this.evaluators.entries()) if (other !== at) one.adopt(subject, message);
      },
    });
    for (const rule of RULES) evaluator.setRule(rule);
    for (const id of IDS) evaluator.container(aContainerEvent({ id, t: A_MOMENT }));
    return evaluator;
  }
}

describe('two shards', () => {
  const hostShard = shardOf(A_HOST, 2);

  it('judge each its own targets, and nothing of the others', () => {
    const shared = new Shared(2);
    shared.sample(IDS.map(() => 60));
    for (const [at, { desk, thresholds }] of shared.evaluators.entries()) {
      const own = IDS.map(keyOf).filter((key) => shardOf(key, 2) === at);
      expect([...desk.live()].map(({ key }) => key).sort()).toEqual(own.sort());
      expect(thresholds.samples).toBe(own.length);
    }
  });

  it('tell first that a host is gone, then of its containers, wherever these are', async () => {
    const shared = new Shared(2);
    shared.host();
    shared.sample(IDS.map(() => 0));
    await shared.clock.advance(13_000);
    const lost = shared.said.filter(({ state }) => state === 'nodata');
    expect(lost.map(({ inhibitedBy }) => inhibitedBy)).toEqual([null, ...IDS.map(() => `gone-${A_HOST}-1`)]);
  });

  it('tell of a container in the end, also when nobody tells of its host', async () => {
    const shared = new Shared(2);
    shared.host();
    shared.sample(IDS.map(() => 0));
    shared.evaluators[hostShard]!.release(hostShard);
    await shared.clock.advance(20_000);
    const others = IDS.filter((id) => shardOf(keyOf(id), 2) !== hostShard);
    expect(shared.said.map(({ target }) => target.key).sort()).toEqual(others.map(keyOf).sort());
  });

  it('tell together what one would tell, whoever holds them', async () => {
    const act = fc.oneof(
      { weight: 6, arbitrary: fc.array(fc.constantFrom(10, 60, 90), { minLength: IDS.length, maxLength: IDS.length }) },
      { weight: 1, arbitrary: fc.constantFrom(0, 1) },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(act, { minLength: 5, maxLength: 40 }), async (acts) => {
        const [one, two] = [new Shared(1), new Shared(2)];
        for (const step of acts) {
          for (const shared of [one, two]) {
            shared.host();
            if (Array.isArray(step)) shared.sample(step);
            else if (shared === two) shared.move(step);
            await shared.clock.advance(1000);
          }
        }
        expect(two.story).toEqual(one.story);
      }),
      { seed: 20_261_128, numRuns: 60 },
    );
  });
});
