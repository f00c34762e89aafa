import { VirtualClock } from '@deckwatch/testing';
import { SweepClock } from './sweep-clock.ts';

function ticking(intervalMs = 1000, work: (clock: VirtualClock) => void = () => undefined) {
  const clock = new VirtualClock(1_000_123);
  const ticks: number[] = [];
  const sweeps = new SweepClock(clock, intervalMs, () => {
    ticks.push(clock.now() - 1_000_123);
    work(clock);
  });
  sweeps.start();
  return { clock, ticks, sweeps };
}

describe('the clock of the sweeps', () => {
  it('ticks at its start and then every interval', async () => {
    const { clock, ticks } = ticking(250);
    await clock.advance(1000);
    expect(ticks).toEqual([0, 250, 500, 750, 1000]);
  });

  it('does not drift by the time that a sweep takes', async () => {
    const { clock, ticks } = ticking(1000, (during) => during.jump(30));
    await clock.advance(10_000);
    expect(ticks.slice(0, 4)).toEqual([0, 1000, 2000, 3000]);
  });

  it('skips what it missed, and goes on in step', async () => {
    let slow = true;
    const { clock, ticks, sweeps } = ticking(1000, (during) => {
      if (slow) during.jump(3400);
      slow = false;
    });
    await clock.advance(0);
    await clock.advance(2600);
    expect(ticks).toEqual([0, 4000, 5000, 6000]);
    expect(sweeps.skipped).toBe(3);
  });

  it('begins anew when the clock was set on by days, without catching up', async () => {
    const { clock, ticks } = ticking();
    await clock.advance(1000);
    clock.jump(60 * 86_400_000);
    await clock.advance(2000);
    expect(ticks.length).toBeLessThanOrEqual(2 + 4);
  });

  it('goes on when the clock was set back', async () => {
    const { clock, ticks } = ticking();
    await clock.advance(5000);
    const before = ticks.length;
    clock.jump(-3_600_000);
    await clock.advance(3_600_000 + 3000); // the timer that waits is on the old time
    expect(ticks.length).toBeGreaterThan(before + 1);
    expect(ticks.at(-1)! - ticks.at(-2)!).toBe(1000);
  });

  it('changes its period, and stops', async () => {
    const { clock, ticks, sweeps } = ticking();
    await clock.advance(0);
    sweeps.changeInterval(500);
    await clock.advance(1000);
    expect(ticks).toEqual([0, 0, 500, 1000]);
    sweeps.stop();
    expect(clock.pending).toBe(0);
  });
});
