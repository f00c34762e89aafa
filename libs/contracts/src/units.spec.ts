import { formatBytes, formatDuration, formatPercent, formatRate } from './units.ts';

describe('figures as people read them', () => {
  it.each([
    [0, '0 B'],
    [1023, '1023 B'],
    [1024, '1.00 KiB'],
    [1536 * 1024, '1.50 MiB'],
    [10 * 1024 ** 3, '10.0 GiB'],
    [1023.9 * 1024, '1.00 MiB'],
    [-2048, '-2.00 KiB'],
    [null, '–'],
    [Number.NaN, '–'],
  ])('%p bytes are %s', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });

  it('tell rates by the second, percent with one digit', () => {
    expect(formatRate(2048)).toBe('2.00 KiB/s');
    expect(formatRate(null)).toBe('–');
    expect(formatPercent(12.34)).toBe('12.3 %');
    expect(formatPercent(200)).toBe('200 %');
  });

  it.each([
    [0, '0 s'],
    [999, '0 s'],
    [61_000, '1 min 1 s'],
    [3_600_000, '1 h'],
    [90_061_000, '1 d 1 h'],
    [86_460_000, '1 d'],
    [-5, '0 s'],
  ])('%p ms last %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });
});
