import { SampleRing } from '../rings/sample-ring.ts';
import { answerRecent } from './recent-query.ts';

const NOW = 1_800_000_000_400;
const KEY = 'web.0123456789ab';

describe('the latest samples of many containers', () => {
  const ring = new SampleRing();
  for (const [ago, cpu] of [
    [70_000, 1],
    [3000, 12.34567],
    [1000, 0],
    [0, null],
  ] as const) {
    // prettier-ignore
    ring.add(NOW - ago, ['0123456789ab', cpu, 100, null, 0, 0, 0, 0, 1]);
  }
  const rings: Record<string, SampleRing> = { [KEY]: ring };
  const recent = (keys: string[], points: number) =>
    answerRecent({ keys, metric: 'cpu', points }, (host, id) => rings[`${host}.${id}`], NOW);

  it('stand each in its second, oldest first, with holes where nothing is known', () => {
    expect(recent([KEY], 5)).toEqual({
      metric: 'cpu',
      from: 1_799_999_996_000 + 0,
      resolutionMs: 1000,
      series: { [KEY]: [null, 12.35, null, 0, null] },
    });
  });

  it('leave out containers of which nothing is known', () => {
    expect(recent([KEY, 'web.ffffffffffff', 'nonsense'], 3).series).toEqual({ [KEY]: [null, 0, null] });
  });

  it('reach back as far as they are asked to', () => {
    expect(recent([KEY], 100).series[KEY]!.filter((value) => value !== null)).toEqual([1, 12.35, 0]);
  });
});
