import { SessionIngest } from '@deckwatch/contracts';
import { Crowd, type CrowdMessage } from './crowd.ts';

const START = Date.UTC(2026, 10, 22, 14, 0, 0);

function live(crowd: Crowd, seconds: number): CrowdMessage[] {
  return Array.from({ length: seconds }, (_, second) => crowd.advance(START + (second + 1) * 1000)).flat();
}

describe('Crowd', () => {
  it('has somebody arrive within five seconds', () => {
    expect(live(new Crowd({ seed: 7, startedAt: START }), 5).filter(({ op }) => op === 'start').length).toBeGreaterThan(
      1,
    );
  });

  it('tells only what the sessions service accepts', () => {
    for (const { app, ...message } of live(new Crowd({ seed: 7, startedAt: START }), 600)) {
      expect(app).toMatch(/^(shop|wiki)$/);
      expect(SessionIngest.parse(message)).toEqual(message);
    }
  });

  it('begins each session once, touches it before it expires, and ends it at most once', () => {
    const last = new Map<string, number>();
    const ended = new Set<string>();
    for (const { id, op, t, ttlMs } of live(new Crowd({ seed: 3, startedAt: START }), 1800)) {
      expect(ended.has(id)).toBe(false);
      if (op === 'start') expect(last.has(id)).toBe(false);
      else expect(t - last.get(id)!).toBeLessThan(ttlMs);
      last.set(id, t);
      if (op === 'end') ended.add(id);
    }
    expect(ended.size).toBeGreaterThan(20);
    expect(ended.size).toBeLessThan(last.size);
  });

  it('keeps a lifelike number of people', () => {
    const crowd = new Crowd({ seed: 7, startedAt: START });
    live(crowd, 900);
    expect(crowd.active).toBeGreaterThan(5);
    expect(crowd.active).toBeLessThan(80);
  });

  it('takes other session ids at each start, because an ended id is not taken up again', () => {
    const idsOf = (startedAt: number): Set<string> => {
      const crowd = new Crowd({ seed: 7, startedAt });
      return new Set(
        Array.from({ length: 60 }, (_, second) => crowd.advance(startedAt + second * 1000))
          .flat()
          .map(({ id }) => id),
      );
    };
    const first = idsOf(START);
    for (const id of idsOf(START + 1000)) expect(first.has(id)).toBe(false);
  });

  it('leaves nobody behind', () => {
    const crowd = new Crowd({ seed: 7, startedAt: START });
    live(crowd, 30);
    const left = crowd.leave(START + 31_000);
    expect(left.length).toBeGreaterThan(3);
    expect(left.every(({ op }) => op === 'end')).toBe(true);
    expect(crowd.active).toBe(0);
  });
});
