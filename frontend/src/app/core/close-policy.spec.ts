import { restartingReason } from '@deckwatch/contracts/wire';
import { afterClose, backOffMs } from './close-policy.ts';

describe('afterClose', () => {
  it.each([1000, 1001, 1006, 1009, 1011, 4000, 4008, 4099, 4100, 4500])('comes back after %d', (code) => {
    expect(afterClose(code)).toEqual({ kind: 'back-off' });
  });

  it.each([4400, 4403, 4408, 4499])('does not come back unchanged after %d', (code) => {
    expect(afterClose(code)).toEqual({ kind: 'refused' });
  });

  it('comes back at any time within 5 s after a gateway that restarts', () => {
    expect(afterClose(4009)).toEqual({ kind: 'back-off', spreadMs: 5000 });
  });

  it('comes back when a gateway that restarts says, unless that is longer than a minute', () => {
    expect(afterClose(4009, restartingReason(1234))).toEqual({ kind: 'back-off', askedBackMs: 1234 });
    expect(afterClose(4009, restartingReason(60_001))).toEqual({ kind: 'back-off', spreadMs: 5000 });
  });

  it('waits 30 s after too many messages', () => {
    expect(afterClose(4429)).toEqual({ kind: 'wait', ms: 30_000 });
  });

  it('asks for a sign-in after 4401', () => {
    expect(afterClose(4401)).toEqual({ kind: 'unauthenticated' });
  });
});

describe('backOffMs', () => {
  it('doubles its limit with every failure up to 30 s', () => {
    const limits = [0, 1, 2, 5, 6, 7, 100, 5000].map((attempt) => backOffMs(attempt, 1));
    expect(limits).toEqual([500, 1000, 2000, 16_000, 30_000, 30_000, 30_000, 30_000]);
  });

  it('is anywhere between nothing and its limit', () => {
    expect(backOffMs(3, 0)).toBe(0);
    expect(backOffMs(3, 0.25)).toBe(1000);
  });
});
