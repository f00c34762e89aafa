import { agoOf } from './ago.ts';
import { mannerOf, peopleWords } from './event-words.ts';

const plain = { exitCode: null, oomKilled: false };

describe('event words', () => {
  it('tell how a container died', () => {
    expect(mannerOf({ event: 'died', exitCode: 137, oomKilled: false }).words).toBe('died with exit code 137');
    expect(mannerOf({ event: 'died', exitCode: 137, oomKilled: true }).words).toBe('died, out of memory');
    expect(mannerOf({ event: 'died', ...plain }).words).toBe('died');
  });

  it('pass on what they do not know', () => {
    expect(mannerOf({ event: 'teleported', ...plain })).toEqual({ icon: 'info', tone: 'idle', words: 'teleported' });
  });
});

describe('whom a failure hit', () => {
  const words = (before: number, gone: number, ago = 60_000) =>
    peopleWords({ t: 100_000, people: { before, gone, withinMs: 10_000 } }, 100_000 + ago);

  it('is told with how many went', () => {
    expect(words(312, 118)).toBe('312 people were on it, 118 gone within 10 s');
    expect(words(1, 0)).toBe('1 person was on it, none gone within 10 s');
    expect(words(12_000, 3)).toBe('12,000 people were on it, 3 gone within 10 s');
  });

  it('is not the last word while more may go', () => {
    expect(words(312, 40, 4000)).toBe('312 people were on it, 40 gone so far');
  });

  it('is not worth a word where nobody was, or nobody knows', () => {
    expect(words(0, 0)).toBe('');
    expect(peopleWords({ t: 1, people: null }, 2)).toBe('');
  });
});

describe('how long ago', () => {
  it.each([
    [500, 'now'],
    [12_400, '12 s ago'],
    [125_000, '2 min ago'],
    [3 * 3_600_000 + 59_000, '3 h ago'],
    [49 * 3_600_000, '2 d ago'],
  ])('%d ms is %s', (ms, words) => expect(agoOf(ms)).toBe(words));
});
