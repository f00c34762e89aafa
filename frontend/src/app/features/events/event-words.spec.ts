import { agoOf } from './ago.ts';
import { mannerOf } from './event-words.ts';

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

describe('how long ago', () => {
  it.each([
    [500, 'now'],
    [12_400, '12 s ago'],
    [125_000, '2 min ago'],
    [3 * 3_600_000 + 59_000, '3 h ago'],
    [49 * 3_600_000, '2 d ago'],
  ])('%d ms is %s', (ms, words) => expect(agoOf(ms)).toBe(words));
});
