import type { SystemItem } from '@deckwatch/contracts';
import { VirtualClock, aServiceStatus } from '@deckwatch/testing';
import { ItemBoard } from './item-board.ts';
import { Roster } from './roster.ts';

function setUp() {
  const clock = new VirtualClock(1_000_000);
  const board = new ItemBoard<SystemItem>(clock.now);
  const roster = new Roster(board, clock.now);
  const statusOf = (key: string) => {
    const item = board.get(key);
    return item && 'status' in item ? item.status : undefined;
  };
  return { clock, board, roster, statusOf };
}
const KEY = 'service.collector.alpha-1';

describe('Roster', () => {
  it('shows a service up, degraded while a part fails, down when it is silent, and forgets it in the end', async () => {
    const { clock, board, roster, statusOf } = setUp();
    roster.hear(aServiceStatus());
    expect(statusOf(KEY)).toBe('up');
    roster.hear(aServiceStatus({ ready: false, parts: { engine: 'away' } }));
    expect(statusOf(KEY)).toBe('degraded');
    expect(roster.faultOf('collector')).toBe('engine: away');
    await clock.advance(6001);
    roster.look();
    expect([statusOf(KEY), roster.faultOf('collector')]).toEqual(['down', 'silent']);
    await clock.advance(600_000);
    roster.look();
    expect(board.get(KEY)).toBeUndefined();
  });

  it('forgets at once what stops on purpose', () => {
    const { board, roster } = setUp();
    roster.hear(aServiceStatus());
    roster.hear(aServiceStatus({ stopping: true, ready: false }));
    expect(board.get(KEY)).toBeUndefined();
    expect(roster.faultOf('collector')).toBe('not heard of yet');
  });

  it('finds nothing wrong with a service of which one instance is ready', () => {
    const { roster } = setUp();
    roster.hear(aServiceStatus({ instance: 'a', ready: false }));
    roster.hear(aServiceStatus({ instance: 'b' }));
    expect(roster.faultOf('collector')).toBeNull();
  });

  it('judges redis by what the services that use it say', () => {
    const { roster, statusOf } = setUp();
    roster.hear(aServiceStatus({ service: 'sessions', parts: { redis: null } }));
    expect(statusOf('broker.redis')).toBe('up');
    roster.hear(aServiceStatus({ service: 'sessions', ready: false, parts: { redis: 'not connected' } }));
    expect(statusOf('broker.redis')).toBe('down');
  });

  it('keeps no more instances than any installation has', () => {
    const { board, roster } = setUp();
    for (let n = 0; n < 3000; n += 1) roster.hear(aServiceStatus({ instance: `i-${n}` }));
    expect(board.size).toBe(2000);
  });
});
