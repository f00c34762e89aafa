import { Backoff } from './backoff.ts';

describe('the back-off', () => {
  it('doubles its ceiling up to the longest pause', () => {
    const backoff = new Backoff({ baseMs: 100, maxMs: 1000, random: () => 1 });
    expect(Array.from({ length: 6 }, () => backoff.next())).toEqual([100, 200, 400, 800, 1000, 1000]);
  });

  it('spreads its pauses, but never comes back at once', () => {
    expect(new Backoff({ baseMs: 1000, random: () => 0 }).next()).toBe(100);
  });

  it('begins anew after a success', () => {
    const backoff = new Backoff({ baseMs: 100, random: () => 1 });
    backoff.next();
    backoff.next();
    backoff.reset();
    expect(backoff.next()).toBe(100);
  });

  it('ends a pause when it is told to stop', async () => {
    const stop = new AbortController();
    const pause = new Backoff({ baseMs: 60_000, maxMs: 60_000 }).pause(stop.signal);
    stop.abort();
    expect(await pause).toBe(false);
  });
});
