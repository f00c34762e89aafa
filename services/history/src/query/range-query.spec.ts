import { aStatsRow } from '@deckwatch/testing';
import type { HistoryQuery } from '@deckwatch/contracts';
import fc from 'fast-check';
import { SampleRing } from '../rings/sample-ring.ts';
import { answerRange } from './range-query.ts';

const START = 1_800_000_000_000;

function ringOf(figures: (number | null)[], everyMs = 1000): SampleRing {
  const ring = new SampleRing();
  figures.forEach((cpu, at) => ring.add(START + at * everyMs, aStatsRow('0123456789ab', { cpu, mem: 1024 })));
  return ring;
}

function query(over: Partial<HistoryQuery> = {}): HistoryQuery {
  return { host: 'alpha', id: '0123456789ab', metrics: ['cpu'], from: 0, to: 2 * START, points: 900, ...over };
}

describe('the answer to a range', () => {
  it('is every sample when there are points enough', () => {
    expect(answerRange(query(), ringOf([10.1, null, 30]))).toEqual({
      series: { cpu: [[START, 10.1, 10.1, 10.1], [START + 2000, 30, 30, 30]] }, // prettier-ignore
      resolutionMs: 1000,
    });
  });

  it('has least, average and greatest of each bucket', () => {
    const { series, resolutionMs } = answerRange(query({ points: 2 }), ringOf([1, 2, 9, 5, 5, 8]));
    expect(resolutionMs).toBe(3000);
    expect(series).toEqual({ cpu: [[START, 1, 4, 9], [START + 3000, 5, 6, 8]] }); // prettier-ignore
  });

  it('spends its points on the time of which something is known', () => {
    const { resolutionMs } = answerRange(query({ from: 0, points: 10 }), ringOf(Array.from({ length: 20 }, () => 1)));
    expect(resolutionMs).toBe(2000);
  });

  it('names each metric that was asked for, also of a container that nobody knows', () => {
    expect(answerRange(query({ metrics: ['cpu', 'mem'] }), undefined).series).toEqual({ cpu: [], mem: [] });
    expect(answerRange(query({ to: START - 1 }), ringOf([1])).series).toEqual({ cpu: [] });
  });

  it('refuses a metric that there is not, and a range that ends before it begins', () => {
    expect(() => answerRange(query({ metrics: ['cpu', 'love'] }), undefined)).toThrow(
      'metrics: "love" is none of cpu, mem',
    );
    expect(() => answerRange(query({ from: 2, to: 1 }), undefined)).toThrow('to: not before from');
  });

  it('has at most as many buckets as points, in order, with all samples in them', () => {
    const property = fc.property(
      fc.array(fc.integer({ min: 0, max: 100 }), { minLength: 1, maxLength: 950 }),
      fc.integer({ min: 1, max: 50 }),
      fc.integer({ min: 0, max: 999 }),
      (figures, points, offset) => {
        const ring = ringOf(figures);
        const from = START + offset * 1000;
        const cpu = answerRange(query({ from, points }), ring).series['cpu'] ?? [];
        expect(cpu.length).toBeLessThanOrEqual(points);
        expect(cpu.every((bucket, at) => at === 0 || bucket[0]! > cpu[at - 1]![0]!)).toBe(true);
        const held = figures.map((figure, at) => ({ figure, at })).slice(-900);
        const asked = held.filter(({ at }) => at >= offset).map(({ figure }) => figure);
        expect(Math.max(-1, ...cpu.map((bucket) => bucket[3]!))).toBe(Math.max(-1, ...asked));
        expect(Math.min(101, ...cpu.map((bucket) => bucket[1]!))).toBe(Math.min(101, ...asked));
      },
    );
    fc.assert(property, { seed: 11, numRuns: 100 });
  });
});
