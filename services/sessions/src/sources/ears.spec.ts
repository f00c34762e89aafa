import { VirtualClock } from '@deckwatch/testing';
import { Ears } from './ears.ts';

describe('the ears', () => {
  it('hear nothing while any part of the way is missing, and count from when the last came back', async () => {
    const clock = new VirtualClock();
    const ears = new Ears(clock);
    const start = clock.now();
    expect(ears.hearing()?.since).toBe(start);
    ears.set('nats', false);
    ears.set('redis', false);
    await clock.advance(1000);
    ears.set('nats', true);
    expect(ears.hearing()).toBeNull();
    await clock.advance(1000);
    ears.set('redis', true);
    expect(ears.hearing()?.since).toBe(start + 2000);
    ears.set('redis', true);
    await clock.advance(1000);
    expect(ears.hearing()?.since).toBe(start + 2000);
  });
});
