import { EventEmitter } from 'node:events';
import { DEFAULT_FLAGS } from '@deckwatch/contracts';
import { VirtualClock, recordingLog } from '@deckwatch/testing';
import type { User } from '../auth/user.ts';
import type { Desk } from './desk.ts';
import { Hub } from './hub.ts';

class FakeSocket extends EventEmitter {
  writableLength = 0;
  bytesWritten = 0;
  writableNeedDrain = false;
  readonly sent: Buffer[] = [];
  write(bytes: Buffer): boolean {
    this.sent.push(bytes);
    return true;
  }
  cork(): void {
    return undefined;
  }
  uncork(): void {
    return undefined;
  }
}

class FakeWs {
  readyState = 1;
  closed: number[] = [];
  terminated = false;
  close(code: number): void {
    this.closed.push(code);
    this.readyState = 2;
  }
  terminate(): void {
    this.terminated = true;
  }
  pause(): void {
    return undefined;
  }
}

function setUp(desk: Partial<Desk> = {}) {
  const users = new Map<string, User>([
    ['good', { name: 'admin', role: 'admin', scope: null, expiresAt: null, by: { kind: 'token', id: 'x' } }],
  ]);
  const clock = new VirtualClock();
  const log = recordingLog();
  const whole = { greet: () => undefined, leaveAll: () => undefined, ...desk } as unknown as Desk;
  const authenticate = (token: string | undefined) => Promise.resolve(users.get(token ?? ''));
  const holds = (user: User) =>
    [...users.values()].includes(user) && (user.expiresAt === null || user.expiresAt > clock.now());
  const hub = new Hub({ clock, log, version: '1.2.3', desk: whole, flags: () => DEFAULT_FLAGS, authenticate, holds });
  const open = () => {
    const [ws, socket] = [new FakeWs(), new FakeSocket()];
    const connection = hub.open(ws as never, socket as never, 'good');
    const send = (event: string, data: object) =>
      hub.receive(connection, Buffer.from(JSON.stringify({ event, data })), false);
    return { ws, socket, connection, send };
  };
  return { clock, log, hub, open, users };
}

describe('Hub', () => {
  it('ends a connection without hello after 5 s, and cuts it off 2 s later', async () => {
    const { clock, open } = setUp();
    const { ws } = open();
    await clock.advance(4999);
    expect(ws.closed).toEqual([]);
    await clock.advance(1);
    expect([ws.closed, ws.terminated]).toEqual([[4408], false]);
    await clock.advance(2000);
    expect(ws.terminated).toBe(true);
  });

  it('sends a heartbeat and a ping every 15 s and ends who leaves two unanswered', async () => {
    const { clock, hub, open } = setUp();
    const [silent, alive] = [open(), open()];
    for (const { send } of [silent, alive]) send('hello', { protocol: 1 });
    for (let second = 0; second < 46; second += 1) {
      await clock.advance(1000);
      hub.ponged(alive.connection);
    }
    expect([silent.ws.terminated, alive.ws.terminated]).toEqual([true, false]);
    const beats = alive.socket.sent.filter((bytes) => bytes.includes('"heartbeat"'));
    expect(beats).toHaveLength(3);
    expect(beats[0]!.subarray(-2)).toEqual(Buffer.from([0x89, 0]));
  });

  it('takes bytes that a slow client has taken for a sign of life', async () => {
    const { clock, open } = setUp();
    const { ws, socket, send } = open();
    send('hello', { protocol: 1 });
    socket.writableLength = 1_000_000;
    for (let turn = 0; turn < 10; turn += 1) {
      socket.bytesWritten += 1000;
      await clock.advance(15_000);
    }
    expect(ws.terminated).toBe(false);
    await clock.advance(60_000);
    expect(ws.terminated).toBe(true);
  });

  it('handles the requests of a client one after another, also those that wait for the broker', async () => {
    const order: string[] = [];
    let answer: () => void = () => undefined;
    const subscribe = (_: unknown, { id }: { id: unknown }): Promise<void> => {
      order.push(`begin ${String(id)}`);
      return new Promise((resolve) => (answer = resolve)); // prettier-ignore
    };
    const { clock, open } = setUp({ subscribe: subscribe as never, unsubscribe: () => void order.push('unsubscribe') });
    const { send } = open();
    send('hello', { protocol: 1 });
    send('subscribe', { id: 1, topics: ['hosts'] });
    send('unsubscribe', { id: 2, topics: ['hosts'] });
    send('subscribe', { id: 3, topics: ['hosts'] });
    await clock.advance(0);
    expect(order).toEqual(['begin 1']);
    answer();
    await clock.advance(0);
    expect(order).toEqual(['begin 1', 'unsubscribe', 'begin 3']);
  });

  it.each([
    ['at once', () => { throw new Error('bug'); }], // prettier-ignore
    ['later', () => Promise.reject(new Error('bug'))],
  ])('survives a request that fails %s: only its connection ends', async (_, subscribe) => {
    const { clock, log, open } = setUp({ subscribe: subscribe as never });
    const { ws, send } = open();
    const other = open();
    send('hello', { protocol: 1 });
    send('subscribe', { id: 1, topics: ['hosts'] });
    await clock.advance(0);
    expect([ws.closed, other.ws.closed]).toEqual([[1011], []]);
    expect(log.messages('error')).toEqual(['frame not handled']);
  });

  it('ends those whose right has ended, and no others', async () => {
    const { clock, hub, open, users } = setUp();
    users.set('other', { ...users.get('good')!, name: 'eve' });
    const one = open();
    const two = open();
    one.send('hello', { protocol: 1 });
    two.send('hello', { protocol: 1, token: 'other' });
    await clock.advance(0);
    users.delete('other');
    hub.review();
    expect([one.ws.closed, two.ws.closed]).toEqual([[], [4401]]);
  });

  it('ends those whose time is over by itself, and in half a minute those of whom it was not told', async () => {
    const { clock, open, users } = setUp();
    const good = users.get('good')!;
    users.set('brief', { ...good, expiresAt: clock.now() + 5000 }).set('gone', { ...good });
    const [brief, gone] = ['brief', 'gone'].map((token) => {
      const one = open();
      one.send('hello', { protocol: 1, token });
      return one.ws;
    });
    await clock.advance(0);
    users.delete('gone');
    await clock.advance(4500);
    expect(brief!.closed).toEqual([]);
    await clock.advance(1000);
    expect(brief!.closed).toEqual([4401]);
    await clock.advance(30_000);
    expect(gone!.closed).toEqual([4401]);
  });

  it('takes a new token of the same user, and ends who shows that of another', async () => {
    const { clock, hub, open, users } = setUp();
    const later = { ...users.get('good')!, expiresAt: clock.now() + 60_000 };
    users.set('later', later).set('eve', { ...later, name: 'eve' });
    const { ws, send } = open();
    send('hello', { protocol: 1 });
    send('refresh', { token: 'later' });
    await clock.advance(0);
    expect([...hub.greeted()].map(({ user }) => user)).toEqual([later]);
    send('refresh', { token: 'eve' });
    await clock.advance(0);
    expect(ws.closed).toEqual([4401]);
  });

  it('lets nobody in who shows nothing that is good', async () => {
    const { clock, hub, open } = setUp();
    const { ws, send } = open();
    send('hello', { protocol: 1, token: 'nonsense' });
    send('subscribe', { id: 1, topics: ['hosts'] });
    await clock.advance(0);
    expect(ws.closed).toEqual([4401]);
    expect([...hub.greeted()]).toEqual([]);
  });

  it('says 4009 to all when it stops, to late comers too, and leaves no timer behind', async () => {
    const { clock, hub, open } = setUp();
    const clients = [open(), open(), open()];
    const stopped = hub.shutDown();
    await clock.advance(1000);
    const late = open();
    expect([...clients, late].map(({ ws }) => ws.closed)).toEqual([[4009], [4009], [4009], [4009]]);
    for (const { connection } of [...clients, late]) hub.gone(connection);
    await clock.advance(100);
    await stopped;
    expect(clock.pending).toBe(0);
  });
});
