import fc from 'fast-check';
import { Pace } from './pace.ts';

/** Sends whatever arrives as soon as the pace allows; returns when. */
function run(rateMs: number, arrivals: number[]): number[] {
  const pace = new Pace(rateMs);
  const sent: number[] = [];
  for (const arrival of arrivals) {
    const at = Math.max(arrival, sent.at(-1) ?? 0) + pace.wait(Math.max(arrival, sent.at(-1) ?? 0));
    if (sent.length > 0 && at === sent.at(-1)) continue; // went out together
    sent.push(at);
    pace.spend(at);
  }
  return sent;
}

describe('Pace', () => {
  it('lets the first out at once', () => {
    expect(new Pace(1000).wait(5)).toBe(0);
  });

  it('never delays sweeps of its own period that jitter by 5 %', () => {
    const jitter = [0, 40, -50, 30, 50, -20, 10, -50, 50, 0];
    const arrivals = Array.from({ length: 200 }, (_, n) => n * 1000 + 100 + jitter[n % jitter.length]!);
    expect(run(1000, arrivals)).toEqual(arrivals);
  });

  it('is back in step soon after one sweep that came late', () => {
    const arrivals = [0, 1000, 2000, 3180, ...Array.from({ length: 20 }, (_, n) => 4000 + n * 1000)];
    const late = run(1000, arrivals).map((at, index) => at - arrivals[index]!);
    expect(Math.max(...late)).toBeLessThanOrEqual(80);
    expect(late.slice(-10)).toEqual(Array(10).fill(0));
  });

  it('holds the rate whatever arrives', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 60_000 }), { minLength: 2, maxLength: 300 }), (times) => {
        const sent = run(1000, times.sort((a, b) => a - b)); // prettier-ignore
        for (let at = 1; at < sent.length; at += 1) expect(sent[at]! - sent[at - 1]!).toBeGreaterThanOrEqual(880);
        expect(sent.length).toBeLessThanOrEqual((sent.at(-1)! - sent[0]!) / 980 + 1.2);
      }),
      { seed: 4 },
    );
  });
});
