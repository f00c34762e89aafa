import { settle, silentLog, VirtualClock } from '@deckwatch/testing';
import { aChange } from '../../test/changes.ts';
import { RedisAway } from '../redis/redis-connection.ts';
import type { Outcome, SessionChange } from '../registry/session-change.ts';
import { ChangeQueue } from './change-queue.ts';

describe('the queue of changes', () => {
  let clock: VirtualClock;
  let queue: ChangeQueue;
  let applied: string[];
  let dropped: string[];
  let reply: (change: SessionChange) => Outcome | Error;

  beforeEach(() => {
    clock = new VirtualClock();
    [applied, dropped] = [[], []];
    reply = () => 'created';
    const applyAll = async (changes: readonly SessionChange[]): Promise<(Outcome | Error)[]> =>
      changes.map((change) => {
        const result = reply(change);
        if (!(result instanceof Error)) applied.push(change.id);
        return result;
      });
    const watch = { applied: () => undefined, dropped: (why: string) => dropped.push(why) };
    queue = new ChangeQueue({ applyAll }, watch, clock, silentLog, 5);
  });
  afterEach(() => queue.close());
  const push = (...ids: string[]) => ids.forEach((id) => queue.push(aChange({ id })));
  const goAway = () => (reply = () => new RedisAway());
  const comeBack = () => (reply = () => 'created');

  it('applies changes in the order in which they came, and answers those who wait', async () => {
    push('a', 'b');
    await expect(queue.submit(aChange({ id: 'c' }))).resolves.toBe('created');
    expect(applied).toEqual(['a', 'b', 'c']);
  });

  it('keeps what was published while Redis is away, and applies it when it is back', async () => {
    goAway();
    push('a', 'b');
    await clock.advance(1000);
    push('c');
    await clock.advance(1000);
    expect(applied).toEqual([]);
    comeBack();
    await clock.advance(1000);
    expect(applied).toEqual(['a', 'b', 'c']);
    expect(clock.pending).toBe(0);
  });

  it('answers with an error soon, to whoever waits, while Redis is away', async () => {
    goAway();
    push('a');
    await clock.advance(10);
    const refused = expect(queue.submit(aChange())).rejects.toMatchObject({
      message: 'the session registry is away',
      retry: true,
    });
    await clock.advance(250);
    await refused;
  });

  it('keeps the newest when too many wait', async () => {
    goAway();
    push('1', '2', '3', '4', '5', '6', '7');
    await clock.advance(100);
    comeBack();
    await clock.advance(1000);
    expect(applied).toEqual(['3', '4', '5', '6', '7']);
    expect(dropped).toEqual(['overflow', 'overflow']);
  });

  it('goes on after the one that failed, without changing the order of the others', async () => {
    const order: string[] = [];
    let first = true;
    reply = ({ id }) => {
      if (id === 'b' && first) return ((first = false), new RedisAway());
      order.push(id);
      return 'created';
    };
    push('a', 'b');
    await clock.advance(1000);
    expect(order).toEqual(['a', 'b']);
  });

  it('gives up a change that Redis refuses three times', async () => {
    reply = ({ id }) => (id === 'bad' ? new Error('WRONGTYPE') : 'created');
    push('bad', 'good');
    await clock.advance(5000);
    expect(applied).toEqual(['good']);
    expect(dropped).toEqual(['refused']);
    expect(queue.length).toBe(0);
  });

  it('says so when the registry stands still', async () => {
    reply = () => 'full';
    await expect(queue.submit(aChange())).rejects.toMatchObject({
      message: expect.stringMatching(/wait for the broker/),
    });
    reply = () => 'apps';
    await expect(queue.submit(aChange())).rejects.toMatchObject({ message: 'too many apps', retry: false });
  });

  it('takes nothing more when it is closed, and leaves nobody waiting', async () => {
    goAway();
    push('a');
    await settle();
    const waiting = queue.submit(aChange());
    const refused = expect(waiting).rejects.toMatchObject({ message: 'the service is stopping' });
    await queue.close();
    await refused;
    await expect(queue.submit(aChange())).rejects.toMatchObject({ message: 'the service is stopping' });
    expect(clock.pending).toBe(0);
  });
});
