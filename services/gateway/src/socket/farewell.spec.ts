import { Farewell } from './farewell.ts';

const START = 1_700_000_000_000;

/** When the clients come back, Unix milliseconds, each leaving when it is told to. */
function returnsOf(clients: number): number[] {
  const farewell = new Farewell(clients, START);
  return Array.from({ length: clients }, (_, index) => {
    const leaves = START + farewell.leavesAfterMs(index);
    return leaves + farewell.nextReturnMs(leaves);
  });
}

function mostInOneSecond(times: number[]): number {
  return Math.max(...times.map((from) => times.filter((t) => t >= from && t < from + 1000).length));
}

describe('the farewell', () => {
  it('sends a thousand away within a second and asks them back within eight, at most 140 in any second', () => {
    const farewell = new Farewell(1000, START);
    expect(farewell.leavesAfterMs(999)).toBeLessThan(Farewell.LASTS_MS);
    const returns = returnsOf(1000);
    expect(Math.max(...returns)).toBeLessThan(START + 8000);
    expect(mostInOneSecond(returns)).toBeLessThanOrEqual(141);
  });

  it('asks the few of a small installation back in half a second', () => {
    expect(returnsOf(3).every((t) => t >= START + 500 && t < START + 520)).toBe(true);
  });

  it('lets nobody wait for longer than half a minute, however many there are', () => {
    expect(Math.max(...returnsOf(20_000))).toBeLessThanOrEqual(START + 30_000);
  });

  it('asks late comers back after all others, and never into the past', () => {
    const farewell = new Farewell(2, START);
    const [first, second] = [farewell.nextReturnMs(START), farewell.nextReturnMs(START)];
    expect(farewell.nextReturnMs(START)).toBeGreaterThan(Math.max(first, second));
    expect(farewell.nextReturnMs(START + 60_000)).toBe(0);
  });
});
