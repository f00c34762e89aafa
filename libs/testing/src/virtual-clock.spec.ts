import { VirtualClock } from './virtual-clock.ts';

/** Works every second, as a loop of a service does: waits, works for a while, waits again. */
async function ticker(clock: VirtualClock, ticks: number[]): Promise<void> {
  const pause = (ms: number) => new Promise<void>((resolve) => clock.setTimeout(resolve, ms));
  for (let round = 0; round < 3; round += 1) {
    await pause(1000);
    await Promise.resolve();
    ticks.push(clock.now());
  }
}

describe('the virtual clock', () => {
  it('stands still until it is moved', async () => {
    const clock = new VirtualClock(5000);
    expect(clock.now()).toBe(5000);
    await clock.advance(250);
    expect(clock.now()).toBe(5250);
  });

  it('fires timers in the order in which they are due, each at its own time', async () => {
    const clock = new VirtualClock(0);
    const fired: string[] = [];
    clock.setTimeout(() => fired.push(`late ${clock.now()}`), 300);
    clock.setTimeout(() => fired.push(`early ${clock.now()}`), 100);
    clock.setTimeout(() => fired.push(`second at the same time ${clock.now()}`), 100);
    await clock.advance(300);
    expect(fired).toEqual(['early 100', 'second at the same time 100', 'late 300']);
  });

  it('leaves alone what is due later', async () => {
    const clock = new VirtualClock(0);
    let fired = false;
    clock.setTimeout(() => (fired = true), 101);
    await clock.advance(100);
    expect(fired).toBe(false);
    expect(clock.pending).toBe(1);
  });

  it('lets code that waits, works and waits again run as in real time', async () => {
    const clock = new VirtualClock(0);
    const ticks: number[] = [];
    void ticker(clock, ticks);
    await clock.advance(10_000);
    expect(ticks).toEqual([1000, 2000, 3000]);
  });

  it('does not fire a timer that was cleared, and ignores what is no timer', async () => {
    const clock = new VirtualClock(0);
    let fired = 0;
    const timer = clock.setTimeout(() => (fired += 1), 10);
    clock.setTimeout(() => (fired += 10), 10);
    clock.clearTimeout(timer);
    clock.clearTimeout(timer);
    clock.clearTimeout(undefined);
    await clock.advance(10);
    expect(fired).toBe(10);
    expect(clock.pending).toBe(0);
  });

  it('fires what became overdue in a jump at the next move', async () => {
    const clock = new VirtualClock(0);
    const fired: number[] = [];
    clock.setTimeout(() => fired.push(clock.now()), 100);
    clock.jump(60_000);
    expect(fired).toEqual([]);
    await clock.advance(1);
    expect(fired).toEqual([60_000]);
  });

  it('passes 60 days of one-minute timers in a moment', async () => {
    const clock = new VirtualClock(0);
    let minutes = 0;
    const again = () => {
      minutes += 1;
      clock.setTimeout(again, 60_000);
    };
    clock.setTimeout(again, 60_000);
    await clock.advance(60 * 86_400_000);
    expect(minutes).toBe(60 * 24 * 60);
  });
});
