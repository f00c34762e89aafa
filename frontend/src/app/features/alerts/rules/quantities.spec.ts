import { readDuration, readFigure, writeDuration, writeFigure } from './quantities.ts';

describe('figures as people type them', () => {
  it.each([
    ['80', 80],
    ['92.5 %', 92.5],
    ['500 MiB', 500 * 2 ** 20],
    ['1.5gib', 1.5 * 2 ** 30],
    ['2 MB/s', 2e6],
    ['-1', -1],
    ['', null],
    ['many', null],
    ['5 apples', null],
  ])('%p is %p', (text, figure) => expect(readFigure(text)).toBe(figure));

  it.each([500 * 2 ** 20, 3 * 2 ** 30, 1000, 0, 123_456_789])('%p bytes come back as they were', (bytes) =>
    expect(readFigure(writeFigure(bytes, true))).toBe(bytes),
  );
});

describe('durations as people type them', () => {
  it.each([
    ['30', 30_000],
    ['30 s', 30_000],
    ['5min', 300_000],
    ['1 min 30 s', 90_000],
    ['2h', 7_200_000],
    ['250 ms', 250],
    ['soon', null],
    ['5 min soon', null],
    ['', null],
  ])('%p is %p ms', (text, ms) => expect(readDuration(text)).toBe(ms));

  it.each([1000, 90_000, 3_600_000, 86_400_000])('%p ms come back as they were', (ms) =>
    expect(readDuration(writeDuration(ms))).toBe(ms),
  );
});
