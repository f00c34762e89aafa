import type { SessionCount } from '@deckwatch/contracts';
import { aSessionCount, aSessionEvent } from '@deckwatch/testing';
import { SessionCounter } from './session-counter.ts';
import { ValueBoard } from './value-board.ts';

function setUp() {
  const board = new ValueBoard<SessionCount>();
  return { board, counter: new SessionCounter(board) };
}

describe('SessionCounter', () => {
  it('shows nothing before it was told a whole count', () => {
    const { board, counter } = setUp();
    counter.event(aSessionEvent({ active: 3 }), 1);
    expect(board.warm).toBe(false);
  });

  it('follows each app by what its events say', () => {
    const { board, counter } = setUp();
    counter.count(aSessionCount({ active: 3, byApp: { shop: 2, wiki: 1 } }), 1);
    counter.event(aSessionEvent({ app: 'shop', active: 5, t: 9 }), 2);
    counter.event(aSessionEvent({ app: 'wiki', active: 0, event: 'destroyed', delta: -1, t: 10 }), 3);
    expect(board.current).toEqual({ active: 5, byApp: { shop: 5, wiki: 0 }, runsOn: [], t: 10 });
  });

  it('is mended by a later count, but not by one that was asked for before an event', () => {
    const { board, counter } = setUp();
    counter.count(aSessionCount({ active: 2, byApp: { shop: 2 } }), 1);
    counter.event(aSessionEvent({ app: 'shop', active: 3 }), 10);
    counter.count(aSessionCount({ active: 2, byApp: { shop: 2 } }), 9);
    expect(board.current!.active).toBe(3);
    counter.count(aSessionCount({ active: 7, byApp: { shop: 7 } }), 11);
    expect(board.current!.active).toBe(7);
  });

  it('keeps saying what the apps run on, and says it when nothing else has changed', () => {
    const { board, counter } = setUp();
    const runsOn = [{ app: 'shop', project: 'shop', service: 'web' }];
    counter.count(aSessionCount(), 1);
    counter.count(aSessionCount({ runsOn }), 2);
    counter.event(aSessionEvent({ active: 3 }), 3);
    expect(board.current).toMatchObject({ active: 3, runsOn });
  });

  it('tells nobody of a count that is as before', () => {
    const { board, counter } = setUp();
    counter.count(aSessionCount({ t: 1 }), 1);
    const { version } = board;
    counter.count(aSessionCount({ t: 2 }), 2);
    expect(board.version).toBe(version);
  });
});
