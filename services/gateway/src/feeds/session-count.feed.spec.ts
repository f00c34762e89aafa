import type { Bus } from '@deckwatch/bus';
import type { SessionCount } from '@deckwatch/contracts';
import { aSessionCount, VirtualClock } from '@deckwatch/testing';
import { SessionCounter } from '../topics/session-counter.ts';
import { ValueBoard } from '../topics/value-board.ts';
import { SessionCountFeed } from './session-count.feed.ts';

describe('the count of sessions', () => {
  let clock: VirtualClock;
  let feed: SessionCountFeed;
  let board: ValueBoard<SessionCount>;
  let active: number;
  let away: boolean;
  let asked: number[];

  beforeEach(() => {
    clock = new VirtualClock(0);
    board = new ValueBoard<SessionCount>();
    [active, away, asked] = [1, false, []];
    const call = async (): Promise<SessionCount> => {
      asked.push(clock.now());
      if (away) throw new Error('nobody answers');
      return aSessionCount({ active, byApp: { shop: active } });
    };
    feed = new SessionCountFeed({ call: call as unknown as Bus['call'] }, new SessionCounter(board), clock);
    feed.ask();
  });
  afterEach(() => {
    feed.stop();
    expect(clock.pending).toBe(0);
  });

  async function withEventsFor(ms: number): Promise<void> {
    for (const end = clock.now() + ms; clock.now() < end; await clock.advance(100)) feed.heard(clock.now());
  }

  it('is asked for again within two seconds while no event tells it', async () => {
    await withEventsFor(5000);
    active = 7;
    await clock.advance(1600);
    expect(board.current!.active).toBe(7);
    active = 9;
    await clock.advance(1600);
    expect(board.current!.active).toBe(9);
  });

  it('is asked for twice a minute while events tell it', async () => {
    await withEventsFor(61_000);
    expect(asked).toEqual([0, 30_000, 60_000]);
  });

  it('is asked for with longer and longer pauses while nobody answers, two seconds at most', async () => {
    await clock.advance(1000);
    away = true;
    await clock.advance(20_000);
    const pauses = asked.slice(2).map((at, index) => at - asked[index + 1]!);
    expect(pauses.slice(0, 4)).toEqual([500, 1000, 2000, 2000]);
    [away, active] = [false, 4];
    await clock.advance(2000);
    expect(board.current!.active).toBe(4);
  });
});
