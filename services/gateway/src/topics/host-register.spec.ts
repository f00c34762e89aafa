import { VirtualClock, aHostReport } from '@deckwatch/testing';
import type { Host } from '@deckwatch/contracts';
import { HostRegister, hostStatus } from './host-register.ts';
import { ItemBoard } from './item-board.ts';

describe('hostStatus', () => {
  it.each([
    [0, 1000, 'up'],
    [2999, 1000, 'up'],
    [3000, 1000, 'stale'],
    [9999, 1000, 'stale'],
    [10_000, 1000, 'down'],
    [10_000, 5000, 'up'],
    [24_999, 5000, 'stale'],
    [25_000, 5000, 'down'],
  ])('is, %i ms after a report of every %i ms, %s', (silent, interval, status) => {
    expect(hostStatus(silent, interval)).toBe(status);
  });
});

describe('HostRegister', () => {
  it('tells stale, down and up again, each once', async () => {
    const clock = new VirtualClock(0);
    const board = new ItemBoard<Host>(clock.now);
    const told: string[] = [];
    const register = new HostRegister(board, clock.now, (host) => told.push(host.status));
    register.report(aHostReport());
    for (let second = 0; second < 60; second += 1) {
      await clock.advance(250);
      register.look();
    }
    register.report(aHostReport());
    register.report(aHostReport());
    expect(told).toEqual(['up', 'stale', 'down', 'up']);
    expect(board.get('alpha')).toMatchObject({ status: 'up', key: 'alpha' });
  });

  it('shows a host of which only the last report is known as down, when it would be', async () => {
    const clock = new VirtualClock(0);
    const board = new ItemBoard<Host>(clock.now);
    const register = new HostRegister(board, clock.now, () => undefined);
    register.remember(aHostReport({ host: 'gone', cpu: 7 }));
    register.remember(aHostReport({ host: 'here' }));
    await clock.advance(9_999);
    register.report(aHostReport({ host: 'here' }));
    register.look();
    expect([...board.all()].map(({ key }) => key)).toEqual(['here']);
    await clock.advance(1);
    register.look();
    expect(board.get('gone')).toMatchObject({ status: 'down', cpu: 7 });
    expect(board.get('here')!.status).toBe('up');
  });

  it('does not bring back at once a host that was forgotten, but when it goes on', async () => {
    const clock = new VirtualClock(0);
    const board = new ItemBoard<Host>(clock.now);
    const register = new HostRegister(board, clock.now, () => undefined);
    register.report(aHostReport());
    register.forget('alpha');
    register.report(aHostReport());
    expect(board.size).toBe(0);
    await clock.advance(5001);
    register.look();
    register.report(aHostReport());
    expect(board.size).toBe(1);
  });
});
