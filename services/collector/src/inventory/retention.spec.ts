import { KEEP_ENDED_MS } from '@deckwatch/contracts';
import { recordingLog, VirtualClock } from '@deckwatch/testing';
import { Retention } from './retention.ts';

const DAY = 86_400_000;

function setUp(options: { mostRemembered?: number; removed?: { id: string; t: number }[] } = {}) {
  const clock = new VirtualClock(1000 * DAY);
  const purged: string[] = [];
  let broken = false;
  const retention = new Retention({
    clock,
    log: recordingLog(),
    purge: (id) => {
      if (broken) return Promise.reject(new Error('broker away'));
      purged.push(id);
      return Promise.resolve();
    },
    removed: () => Promise.resolve(options.removed ?? []),
    mostRemembered: options.mostRemembered,
  });
  retention.start();
  return { clock, purged, retention, breakDown: (down: boolean) => (broken = down) };
}

describe('what is kept of removed containers', () => {
  it('is kept for seven days, not a minute less, and cleared away soon after', async () => {
    const { clock, purged, retention } = setUp();
    retention.add('a', clock.now());
    await clock.advance(KEEP_ENDED_MS - 60_000);
    expect(purged).toEqual([]);
    await clock.advance(120_000);
    expect(purged).toEqual(['a']);
  });

  it('is cleared away in the order of removal', async () => {
    const { clock, purged, retention } = setUp();
    retention.add('late', clock.now() - 8 * DAY);
    retention.add('early', clock.now() - 9 * DAY);
    retention.add('young', clock.now() - 6 * DAY);
    await clock.advance(60_000);
    expect(purged).toEqual(['early', 'late']);
  });

  it('is cleared away later when the broker is away', async () => {
    const { clock, purged, retention, breakDown } = setUp();
    retention.add('a', clock.now() - 8 * DAY);
    breakDown(true);
    await clock.advance(60_000);
    breakDown(false);
    await clock.advance(60_000);
    expect(purged).toEqual(['a']);
  });

  it('is asked of the stream again when more were removed than are remembered', async () => {
    const now = 1000 * DAY;
    const { clock, purged, retention } = setUp({ mostRemembered: 2, removed: [{ id: 'c', t: now - 8 * DAY }] });
    for (const id of ['a', 'b', 'c']) retention.add(id, now - 8 * DAY);
    await clock.advance(120_000);
    expect(purged).toEqual(['a', 'b', 'c']);
  });

  it('leaves no timer behind', () => {
    const { clock, retention } = setUp();
    retention.stop();
    expect(clock.pending).toBe(0);
  });
});
