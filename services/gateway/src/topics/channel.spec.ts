import { VirtualClock } from '@deckwatch/testing';
import { FakeReceiver } from '../../test/fake-receiver.ts';
import { Channel } from './channel.ts';
import { ItemBoard } from './item-board.ts';

interface Thing {
  key: string;
  value: number;
}

function setUp({ rateMs = 1000, prompt = false, warm = true } = {}) {
  const clock = new VirtualClock(0);
  const board = new ItemBoard<Thing>(clock.now, warm);
  const channel = new Channel({ topic: 'things', rateMs, epoch: 'e', source: board, clock, prompt });
  const put = (key: string, value: number) => board.put({ key, value });
  return { clock, board, channel, put };
}

const itemsOf = (receiver: FakeReceiver) =>
  receiver.frames.map(({ event, data }) => [
    event,
    data.data?.items.map((item: Thing) => `${item.key}${item.value ?? '-'}`).join(),
  ]);

describe('Channel', () => {
  it('greets with a snapshot, then sends what changed', async () => {
    const { clock, channel, put } = setUp();
    const client = new FakeReceiver();
    put('a', 1);
    channel.join(client);
    put('b', 2);
    await clock.advance(10);
    expect(itemsOf(client)).toEqual([
      ['snapshot', 'a1'],
      ['update', 'b2'],
    ]);
    expect(client.frames[1]!.data).toMatchObject({ topic: 'things', epoch: 'e', seq: 2 });
  });

  it('sends the first change after a quiet time within 10 ms, later ones on the tick, the latest of each', async () => {
    const { clock, channel, put } = setUp();
    const client = new FakeReceiver();
    channel.join(client);
    put('a', 1);
    await clock.advance(10);
    for (let value = 2; value <= 50; value += 1) {
      put('a', value);
      await clock.advance(10);
    }
    expect(itemsOf(client).slice(1)).toEqual([['update', 'a1']]);
    await clock.advance(500);
    expect(itemsOf(client).slice(2)).toEqual([['update', 'a50']]);
  });

  it('sends promptly, on the turn of the change, where it is told to', () => {
    const { channel, put } = setUp({ prompt: true });
    const client = new FakeReceiver();
    channel.join(client);
    put('a', 1);
    expect(client.events()).toEqual(['snapshot', 'update']);
  });

  it('shares one message among clients that hold the same, and gives others what they lack', async () => {
    const { clock, channel, put } = setUp();
    const [one, two, late] = [new FakeReceiver(), new FakeReceiver(), new FakeReceiver()];
    put('a', 1);
    channel.join(one);
    channel.join(two);
    expect(one.messages[0]).toBe(two.messages[0]);
    put('b', 1);
    channel.join(late);
    await clock.advance(10);
    expect(one.messages[1]).toBe(two.messages[1]);
    expect(itemsOf(late)).toEqual([['snapshot', 'a1,b1']]);
    put('c', 1);
    await clock.advance(1000);
    expect(late.messages[1]).toBe(one.messages[2]);
  });

  it('withholds from a client that reads too slowly, then gives it the latest and says how much it missed', async () => {
    const { clock, channel, put } = setUp({ rateMs: 100 });
    const [slow, other] = [new FakeReceiver(), new FakeReceiver()];
    const member = channel.join(slow);
    channel.join(other);
    slow.congested = true;
    for (let value = 1; value <= 5; value += 1) {
      put('a', value);
      if (value === 3) put('b', 1);
      await clock.advance(100);
    }
    expect(other.events().filter((event) => event === 'update').length).toBeGreaterThanOrEqual(5);
    expect(slow.events()).toEqual(['snapshot']);
    expect(slow.awaiting).toBe(true);
    slow.congested = false;
    channel.catchUp(member);
    expect(itemsOf(slow).slice(1, 2)).toEqual([['update', 'a5,b1']]);
    expect(slow.frames[2]).toEqual({ event: 'dropped', data: { topic: 'things', count: 4 } });
    put('a', 6);
    await clock.advance(100);
    expect(slow.messages.at(-1)).toBe(other.messages.at(-1));
  });

  it('says nothing of dropped updates to a client whose rate alone held them back', async () => {
    const { clock, channel, put } = setUp();
    const client = new FakeReceiver();
    channel.join(client);
    for (let value = 1; value < 100; value += 1) {
      put('a', value);
      await clock.advance(50);
    }
    expect(client.events()).not.toContain('dropped');
  });

  it('holds the snapshot back until there is something to show', async () => {
    const { board, channel, put } = setUp({ warm: false });
    const client = new FakeReceiver();
    channel.join(client);
    put('a', 1);
    put('b', 1);
    expect(client.messages).toHaveLength(0);
    board.warmUp();
    expect(itemsOf(client)).toEqual([['snapshot', 'a1,b1']]);
  });

  it('gives a fresh snapshot to a client that is further behind than removals are remembered', async () => {
    const { clock, board, channel, put } = setUp();
    const slow = new FakeReceiver();
    put('a', 1);
    put('b', 1);
    put('c', 1);
    const member = channel.join(slow);
    slow.congested = true;
    board.remove('a');
    await clock.advance(301_000);
    board.remove('b');
    await clock.advance(1000);
    slow.congested = false;
    channel.catchUp(member);
    expect(itemsOf(slow)[1]).toEqual(['snapshot', 'c1']);
  });

  it('leaves no timer and no watcher behind', async () => {
    const { clock, channel, put } = setUp();
    const client = new FakeReceiver();
    channel.leave(channel.join(client));
    put('a', 1);
    channel.close();
    put('b', 1);
    expect(clock.pending).toBe(0);
    await clock.advance(5000);
    expect(client.events()).toEqual(['snapshot']);
  });
});
