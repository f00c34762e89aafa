import { VirtualClock } from '@deckwatch/testing';
import { Pulse } from './pulse.ts';

describe('the pulse', () => {
  it('is regular while timers go off, however long the process runs', async () => {
    const [clock, still] = [new VirtualClock(), jest.fn()];
    const pulse = new Pulse(clock, still);
    pulse.start();
    await clock.advance(600_000);
    pulse.stop();
    expect([still.mock.calls, clock.pending]).toEqual([[], 0]);
  });

  it('tells that the process stood still before a timer or an input does anything, once', () => {
    let now = 1000;
    const timers: (() => void)[] = [];
    const story: string[] = [];
    const clock = {
      now: () => now,
      setTimeout: (fire: () => void) => timers.push(fire),
      clearTimeout: () => undefined,
    };
    const pulse = new Pulse(clock, (ms) => story.push(`still for ${ms}`));
    pulse.clock.setTimeout(() => story.push('timer'), 10);
    now += 6000;
    timers[0]!();
    pulse.look();
    expect(story).toEqual(['still for 6000', 'timer']);
  });
});
