import fc from 'fast-check';
import { Counters } from './counters.ts';
import { RateCalculator } from './rate-calculator.ts';

function reading(over: Partial<Counters>): Counters {
  return Object.assign(
    new Counters(),
    { at: 0, cpuNs: 0, rx: 0, tx: 0, rd: 0, wr: 0, mem: 1, memLimit: NaN, pids: 1 },
    over,
  );
}

describe('the rate calculator', () => {
  it('says nothing after a first reading', () => {
    expect(new RateCalculator().take(reading({}))).toBe(false);
  });

  it('gives CPU in percent of one core: two busy cores are 200', () => {
    const rates = new RateCalculator();
    rates.take(reading({ at: 1000, cpuNs: 5e9 }));
    expect(rates.take(reading({ at: 1500, cpuNs: 6e9 }))).toBe(true);
    expect(rates.cpu).toBeCloseTo(200, 9);
  });

  it('gives bytes per second, and gauges as they stand', () => {
    const rates = new RateCalculator();
    rates.take(reading({ at: 0, rx: 100, tx: 0, rd: 10, wr: 0 }));
    rates.take(reading({ at: 2000, rx: 300, tx: 50, rd: 10, wr: 4096, mem: 7e6, memLimit: 9e6, pids: 3 }));
    expect(rates).toMatchObject({ rx: 100, tx: 25, rd: 0, wr: 2048, mem: 7e6, memLimit: 9e6, pids: 3 });
  });

  it('begins anew when the CPU counter goes back: the container was started again', () => {
    const rates = new RateCalculator();
    rates.take(reading({ at: 0, cpuNs: 9e9 }));
    expect(rates.take(reading({ at: 1000, cpuNs: 1e6 }))).toBe(false);
    expect(rates.take(reading({ at: 2000, cpuNs: 1e6 + 1e8 }))).toBe(true);
    expect(rates.cpu).toBeCloseTo(10, 9);
  });

  it('measures CPU by a clock of its own where there is one', () => {
    const rates = new RateCalculator();
    rates.take(reading({ at: 0, cpuAt: 5000, rx: 0 }));
    rates.take(reading({ at: 1000, cpuAt: 5500, cpuNs: 0.5e9, rx: 1000 }));
    expect(rates).toMatchObject({ cpu: 100, rx: 1000 });
    rates.take(reading({ at: 2000, cpuAt: NaN, cpuNs: 1e9, rx: 2000 }));
    expect(rates).toMatchObject({ cpu: 50, rx: 1000 });
  });

  it('says nothing of the same reading twice', () => {
    const rates = new RateCalculator();
    rates.take(reading({ at: 0 }));
    rates.take(reading({ at: 1000, cpuNs: 1e6 }));
    expect(rates.take(reading({ at: 1000, cpuNs: 1e6 }))).toBe(false);
  });

  it('leaves out a reading less than 100 ms after the last, and measures the next over the whole time', () => {
    const rates = new RateCalculator();
    rates.take(reading({ at: 0, cpuNs: 0 }));
    expect(rates.take(reading({ at: 99, cpuNs: 99e6 }))).toBe(false);
    expect(rates.take(reading({ at: 200, cpuNs: 100e6 }))).toBe(true);
    expect(rates.cpu).toBeCloseTo(50, 9);
  });

  it('does not measure over a clock that was set', () => {
    const rates = new RateCalculator();
    rates.take(reading({ at: 0 }));
    expect(rates.take(reading({ at: 60 * 86_400_000, cpuNs: 1e9 }))).toBe(false);
    expect(rates.take(reading({ at: 60 * 86_400_000 + 1000, cpuNs: 2e9 }))).toBe(true);
    expect(rates.cpu).toBeCloseTo(100, 9);
  });

  it('does not know the network of a moment in which an interface went away, but all else', () => {
    const rates = new RateCalculator();
    rates.take(reading({ at: 0, rx: 5000, tx: 5000 }));
    expect(rates.take(reading({ at: 1000, cpuNs: 1e7, rx: 10, tx: 10 }))).toBe(true);
    expect(rates.rx).toBeNaN();
    expect(rates.cpu).toBeCloseTo(1, 9);
  });

  it('never gives a negative or infinite figure, whatever is read', () => {
    const number = fc.oneof(fc.double({ min: 0, max: 1e18 }), fc.constant(NaN));
    const readings = fc.array(
      fc.record({ at: fc.double({ min: -1e9, max: 1e15 }), cpuNs: number, rx: number, wr: number }),
      { maxLength: 20 },
    );
    fc.assert(
      fc.property(readings, (all) => {
        const rates = new RateCalculator();
        for (const some of all) {
          if (!rates.take(reading(some))) continue;
          expect(rates.cpu).toBeGreaterThanOrEqual(0);
          expect(Number.isFinite(rates.cpu)).toBe(true);
          for (const rate of [rates.rx, rates.wr])
            expect(Number.isNaN(rate) || (rate >= 0 && rate < Infinity)).toBe(true);
        }
      }),
      { seed: 1, numRuns: 500 },
    );
  });
});
