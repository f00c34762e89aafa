import { VirtualClock } from '@deckwatch/testing';
import type { Connection } from './connection.ts';
import { OwnSessions } from './own-sessions.ts';

describe('the consoles as sessions', () => {
  let clock: VirtualClock;
  let own: OwnSessions;
  let told: string[];

  beforeEach(() => {
    clock = new VirtualClock(0);
    told = [];
    own = new OwnSessions(clock, ({ id, op, t }) => told.push(`${clock.now()} ${op} ${id} of ${t}`));
    own.start();
  });
  afterEach(() => own.stop());

  function console(sessionId: string, returns = false): Connection {
    return { sessionId, returns, user: { name: 'ann' } } as unknown as Connection;
  }

  it('are told at once after a pause', async () => {
    own.greeted(console('a'));
    expect(told).toEqual(['0 start a of 0']);
    await clock.advance(2000);
    own.gone(console('a'));
    expect(told).toEqual(['0 start a of 0', '2000 end a of 2000']);
  });

  it('are told together where many come and go, in order and with their own times', async () => {
    own.greeted(console('a'));
    await clock.advance(100);
    own.greeted(console('b'));
    await clock.advance(100);
    own.gone(console('b'));
    expect(told).toHaveLength(1);
    await clock.advance(1000);
    expect(told.slice(1)).toEqual(['500 start b of 100', '500 end b of 200']);
  });

  it('are all told when the gateway ends', async () => {
    for (const id of ['a', 'b', 'c']) own.gone(console(id));
    own.stop();
    own.gone(console('d'));
    expect(told).toEqual(['0 end a of 0', '0 end b of 0', '0 end c of 0', '0 end d of 0']);
    expect(clock.pending).toBe(0);
  });

  it('are not ended when they were asked back', () => {
    own.gone(console('a', true));
    expect(told).toEqual(['0 touch a of 0']);
  });

  it('are touched for as long as they are there', async () => {
    const one = console('a');
    own.greeted(one);
    await clock.advance(45_000);
    own.gone(one);
    await clock.advance(45_000);
    expect(told.map((line) => line.split(' ')[1])).toEqual(['start', 'touch', 'touch', 'touch', 'end']);
  });
});
