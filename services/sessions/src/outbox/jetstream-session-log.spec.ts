import type { Bus } from '@deckwatch/bus';
import { describeWith, startNats, testBus, type NatsServer } from '@deckwatch/testing';
import { JetStreamSessionLog } from './jetstream-session-log.ts';
import { LogMovedOn, type LogEntry } from './session-log.ts';

function entriesOf(outboxId: string, ...ids: string[]): LogEntry[] {
  return ids.map((entry) => ({ subject: 'deckwatch.sessions.shop.created', payload: '{}', outboxId, entry }));
}

describeWith('nats')('the stream as the log of session events', () => {
  let nats: NatsServer;
  let bus: Bus;
  let log: JetStreamSessionLog;
  beforeAll(async () => {
    nats = await startNats();
    bus = await testBus(nats);
    log = new JetStreamSessionLog(bus);
  });
  beforeEach(() => bus.jsm.streams.purge('SESSIONS'));
  afterAll(async () => {
    await bus.close();
    await nats.stop();
  });
  const stored = async () => (await bus.jsm.streams.info('SESSIONS')).state.messages;

  it('ends where the last entry was stored', async () => {
    const { seq, entry } = await log.end('a');
    expect(entry).toBeNull();
    expect(await log.append(entriesOf('a', '1-0', '1-1', '2-0'), seq)).toBe(seq + 3);
    expect(await log.end('a')).toEqual({ seq: seq + 3, entry: '2-0' });
    expect((await log.end('another')).entry).toBeNull();
  });

  it('finds its own last entry behind the messages of others', async () => {
    await log.append(entriesOf('b', '7-0'), (await log.end('b')).seq);
    for (let at = 0; at < 20; at += 1) await bus.js.publish('deckwatch.sessions.alien.created', '{}');
    expect((await log.end('b')).entry).toBe('7-0');
  });

  it('lets nobody in who thinks that it ends elsewhere, however late', async () => {
    const { seq } = await log.end('c');
    await log.append(entriesOf('c', '1-0', '2-0'), seq);
    // Other ids, so that it is not the broker's memory of ids that refuses them.
    await expect(log.append(entriesOf('late', '1-0', '2-0'), seq)).rejects.toBeInstanceOf(LogMovedOn);
    expect(await stored()).toBe(2);
  });

  it('stores an entry that is sent again once', async () => {
    const { seq } = await log.end('d');
    await log.append(entriesOf('d', '1-0'), seq);
    await expect(log.append(entriesOf('d', '1-0', '2-0'), seq + 1)).rejects.toBeInstanceOf(LogMovedOn);
    expect(await stored()).toBe(1);
    expect((await log.end('d')).entry).toBe('1-0');
  });

  it('stores a thousand in flight in their order', async () => {
    const { seq } = await log.end('e');
    const ids = Array.from({ length: 1000 }, (_, at) => `3-${at}`);
    await log.append(entriesOf('e', ...ids), seq);
    const third = await bus.jsm.streams.getMessage('SESSIONS', { seq: seq + 3 });
    expect(third?.header.get('Deckwatch-Outbox-Entry')).toBe('3-2');
    expect((await log.end('e')).entry).toBe('3-999');
  });

  it('does not wait for acknowledgements of a broker that died', async () => {
    const { seq } = await log.end('f');
    process.kill(nats.pid!, 'SIGSTOP');
    const appending = log.append(entriesOf('f', '1-0'), seq);
    const refused = expect(appending).rejects.toThrow('the broker is away');
    await nats.kill();
    await refused;
    await nats.restart();
  });
});
