import { VirtualClock } from '@deckwatch/testing';
import { FakeReceiver } from '../../test/fake-receiver.ts';
import { LastItems } from './digest.ts';
import { LogTopic, type StreamFacts } from './log-topic.ts';

const EPOCH = 77;

function setUp(unsentLimit?: number) {
  const clock = new VirtualClock(0);
  const topic = new LogTopic({ topic: 'log', digest: new LastItems(3), clock, unsentLimit });
  topic.reset(EPOCH, 1);
  const append = (seq: number, size = 1) =>
    topic.append(seq, 's', JSON.stringify({ n: seq, pad: 'x'.repeat(size) }), {});
  const appendUpTo = (last: number) => {
    for (let seq = topic.head + 1; seq <= last; seq += 1) append(seq);
  };
  const ready = (last: number) => {
    appendUpTo(last);
    topic.caughtUp(last);
  };
  const facts =
    (over: Partial<StreamFacts> = {}) =>
    () =>
      Promise.resolve({ epoch: EPOCH, lastSeq: topic.head, intactAfter: () => Promise.resolve(true), ...over });
  return { clock, topic, append, appendUpTo, ready, facts };
}

const links = (client: FakeReceiver) =>
  client.frames.filter(({ event }) => event === 'event').map(({ data }) => [data.prev, data.seq]);

describe('LogTopic', () => {
  it('greets with a snapshot of the last items and its position, then tells each item in order', async () => {
    const { clock, topic, append, ready } = setUp();
    ready(5);
    const client = new FakeReceiver();
    topic.join(client);
    append(6);
    append(7);
    await clock.advance(10);
    expect(client.frames[0]).toMatchObject({
      event: 'snapshot',
      data: { topic: 'log', epoch: EPOCH, seq: 5, data: { items: [{ n: 3 }, { n: 4 }, { n: 5 }] } },
    });
    expect(links(client)).toEqual([[5, 6], [6, 7]]); // prettier-ignore
    expect(client.messages).toHaveLength(2);
  });

  it('tells the first after a pause almost at once, and keeps 4 ms between frames', async () => {
    const { clock, topic, append, ready } = setUp();
    ready(1);
    const client = new FakeReceiver();
    topic.join(client);
    append(2);
    await clock.advance(1);
    expect(links(client)).toEqual([[1, 2]]);
    append(3);
    await clock.advance(2);
    append(4);
    expect(links(client)).toHaveLength(1);
    await clock.advance(2);
    expect(links(client)).toHaveLength(3);
    expect(client.messages).toHaveLength(3);
  });

  it('shares one message among all clients at the same place', async () => {
    const { clock, topic, append, ready } = setUp();
    ready(1);
    const clients = [new FakeReceiver(), new FakeReceiver()];
    clients.forEach((client) => topic.join(client));
    append(2);
    await clock.advance(10);
    expect(clients[0]!.messages[1]).toBe(clients[1]!.messages[1]);
  });

  it('goes on exactly after the position of a client that came back', async () => {
    const { clock, topic, append, ready, facts } = setUp();
    ready(50);
    const since = { epoch: EPOCH, seq: 20 };
    expect(await topic.recoverable(since, facts())).toBe(true);
    const client = new FakeReceiver();
    topic.join(client, since.seq);
    append(51);
    await clock.advance(10);
    expect(links(client)).toEqual(Array.from({ length: 31 }, (_, n) => [20 + n, 21 + n]));
    expect(client.events()).not.toContain('snapshot');
  });

  it.each([
    ['another epoch', { epoch: 1, seq: 20 }, {}],
    ['a seq of the future', { epoch: EPOCH, seq: 51 }, {}],
    ['too many missing', { epoch: EPOCH, seq: 20 }, { lastSeq: 10_021 }],
    ['a stream that is not what it was', { epoch: EPOCH, seq: 20 }, { epoch: 78 }],
    ['something discarded between', { epoch: EPOCH, seq: 20 }, { intactAfter: () => Promise.resolve(false) }],
  ])('does not recover with %s', async (_, since, over) => {
    const { topic, ready, facts } = setUp();
    ready(50);
    expect(await topic.recoverable(since, facts(over as Partial<StreamFacts>))).toBe(false);
  });

  it('does not recover across a hole of its own', async () => {
    const { topic, append, ready, facts } = setUp();
    ready(10);
    append(15);
    expect(await topic.recoverable({ epoch: EPOCH, seq: 9 }, facts())).toBe(false);
    expect(await topic.recoverable({ epoch: EPOCH, seq: 14 }, facts())).toBe(true);
  });

  it('waits for what another gateway has told already', async () => {
    const { clock, topic, append, ready, facts } = setUp();
    ready(50);
    const asked = topic.recoverable({ epoch: EPOCH, seq: 52 }, facts({ lastSeq: 52 }));
    await clock.advance(20);
    append(51);
    append(52);
    await clock.advance(50);
    expect(await asked).toBe(true);
  });

  it('lets every client see a hole: prev is not what the client has', async () => {
    const { clock, topic, append, ready } = setUp();
    ready(5);
    const client = new FakeReceiver();
    topic.join(client);
    append(9);
    append(10);
    await clock.advance(10);
    expect(links(client)).toEqual([[8, 9], [9, 10]]); // prettier-ignore
  });

  it('lets a client see what was discarded while nothing was heard', async () => {
    const { clock, topic, append, ready } = setUp();
    ready(5);
    const client = new FakeReceiver();
    topic.join(client);
    topic.caughtUp(8);
    append(9);
    await clock.advance(10);
    expect(links(client)).toEqual([[8, 9]]);
  });

  it('passes over what is unreadable without a hole', async () => {
    const { clock, topic, append, ready } = setUp();
    ready(5);
    const client = new FakeReceiver();
    topic.join(client);
    topic.append(6, 's', null);
    append(7);
    await clock.advance(10);
    expect(links(client)).toEqual([[5, 7]]);
  });

  it('sends a new snapshot when the stream was made anew', async () => {
    const { topic, append, ready } = setUp();
    ready(5);
    const client = new FakeReceiver();
    topic.join(client);
    topic.reset(EPOCH + 1, 1);
    append(1);
    topic.caughtUp(1);
    expect(client.frames.at(-1)).toMatchObject({
      event: 'snapshot',
      data: { epoch: EPOCH + 1, seq: 1, data: { items: [{ n: 1 }] } },
    });
  });

  it('stops at a congested client and goes on when it has read, nothing left out', async () => {
    const { clock, topic, append, ready } = setUp();
    ready(1);
    const client = new FakeReceiver();
    const reader = topic.join(client);
    client.congested = true;
    append(2);
    await clock.advance(10);
    append(3);
    await clock.advance(10);
    expect(client.awaiting).toBe(true);
    expect(links(client)).toEqual([]);
    client.congested = false;
    topic.catchUp(reader);
    expect(links(client)).toEqual([[1, 2], [2, 3]]); // prettier-ignore
  });

  it('ends a client that leaves too much unread, not one that has just begun to catch up', async () => {
    const { clock, topic, append, ready, facts } = setUp(5000);
    ready(1);
    for (let seq = 2; seq < 100; seq += 1) append(seq, 1000);
    expect(await topic.recoverable({ epoch: EPOCH, seq: 1 }, facts())).toBe(true);
    const client = new FakeReceiver();
    client.congested = true;
    topic.join(client, 1);
    expect(client.tooSlow).toBe(false);
    for (let seq = 100; seq < 104; seq += 1) append(seq, 1000);
    await clock.advance(10);
    expect(client.tooSlow).toBe(false);
    for (let seq = 104; seq < 106; seq += 1) append(seq, 1000);
    await clock.advance(200);
    expect(client.tooSlow).toBe(false);
    await clock.advance(300);
    expect(client.tooSlow).toBe(true);
  });
});
