import { silentLog, VirtualClock } from '@deckwatch/testing';
import { BEAT_MS, Heartbeats } from './heartbeats.ts';

describe('heartbeats', () => {
  let clock: VirtualClock;
  let beats: Heartbeats;
  let calls: number[];
  let fault: string | null;
  let answers: boolean[];

  beforeEach(() => {
    clock = new VirtualClock(0);
    calls = [];
    fault = null;
    answers = [];
    beats = new Heartbeats({
      clock,
      log: silentLog,
      channels: () => ['watchdog'],
      fault: async () => fault,
      call: async () => {
        calls.push(clock.now());
        const ok = answers.shift() ?? true;
        return { ok, status: ok ? 200 : 500, answer: '', retryAfterMs: null };
      },
    });
    beats.start();
  });

  it('are called each minute', async () => {
    await clock.advance(4 * BEAT_MS);
    expect(calls).toEqual([3000, 63_000, 123_000, 183_000]);
  });

  it('are silent for as long as something does not work, and back soon after', async () => {
    await clock.advance(10_000);
    fault = 'redis: not connected';
    await clock.advance(3 * BEAT_MS);
    expect(calls).toHaveLength(1);
    fault = null;
    await clock.advance(15_000);
    expect(calls).toHaveLength(2);
  });

  it('are called once more when a call failed', async () => {
    answers = [false, false];
    await clock.advance(BEAT_MS);
    expect(calls).toEqual([3000, 18_000]);
  });

  it('end with the term', async () => {
    await clock.advance(10_000);
    beats.stop();
    await clock.advance(5 * BEAT_MS);
    expect(calls).toHaveLength(1);
  });
});
