import { sparklinePath } from './sparkline.ts';

describe('sparklinePath', () => {
  it('draws from left to right between floor and ceiling', () => {
    expect(sparklinePath(Float32Array.of(0, 5, 10), 10)).toBe('M0.0 17.0L30.0 9.0L60.0 1.0');
  });

  it('breaks the line where a value is not known', () => {
    expect(sparklinePath(Float32Array.of(0, NaN, 10), 10)).toBe('M0.0 17.0M60.0 1.0');
  });

  it('draws nothing of nothing', () => {
    expect(sparklinePath(new Float32Array(60).fill(NaN), 10)).toBe('');
  });
});
