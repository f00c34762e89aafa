import { VirtualClock } from '@deckwatch/testing';
import { Deadlines } from './deadlines.ts';
import { Pulse } from './pulse.ts';

describe('Deadlines', () => {
  it('expires each thing its time after it was added, unless it was taken back', async () => {
    const clock = new VirtualClock(0);
    const expired: [string, number][] = [];
    const deadlines = new Deadlines<string>(clock, 5000, (thing) => expired.push([thing, clock.now()]));
    deadlines.add('a');
    await clock.advance(2000);
    deadlines.add('b');
    deadlines.add('c');
    deadlines.delete('b');
    await clock.advance(10_000);
    expect(expired).toEqual([
      ['a', 5000],
      ['c', 7000],
    ]);
    expect(clock.pending).toBe(0);
  });

  it('keeps one timer for a thousand things, none after it is closed', async () => {
    const clock = new VirtualClock(0);
    const deadlines = new Deadlines<number>(clock, 5000, () => undefined);
    for (let thing = 0; thing < 1000; thing += 1) deadlines.add(thing);
    expect(clock.pending).toBe(1);
    deadlines.close();
    expect(clock.pending).toBe(0);
  });
});

describe('Pulse', () => {
  it('visits each member once a period, first a period after it came', async () => {
    const clock = new VirtualClock(0);
    const visits = new Map<number, number[]>();
    const pulse = new Pulse<number>(clock, 15_000, (member) =>
      visits.set(member, [...(visits.get(member) ?? []), clock.now()]),
    );
    pulse.start();
    for (let member = 0; member < 10; member += 1) {
      await clock.advance(1300);
      pulse.add(member);
    }
    await clock.advance(60_000);
    for (const times of visits.values()) {
      expect(times.length).toBeGreaterThanOrEqual(3);
      for (let at = 1; at < times.length; at += 1) expect(times[at]! - times[at - 1]!).toBe(15_000);
    }
    expect(new Set([...visits.values()].map(([first]) => first)).size).toBeGreaterThan(5);
    pulse.delete(3);
    const before = visits.get(3)!.length;
    await clock.advance(60_000);
    expect(visits.get(3)).toHaveLength(before);
    pulse.stop();
    expect(clock.pending).toBe(0);
  });
});
