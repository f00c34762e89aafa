import { classifyExit } from './classify-exit.ts';

describe('an exit', () => {
  it.each([
    [0, undefined, 'stopped'],
    [1, undefined, 'died'],
    [137, 70_000, 'stopped'],
    [137, 69_999, 'died'],
    [143, 99_999, 'stopped'],
    [null, undefined, 'died'],
  ])('with code %s at 100 s, asked for at %s ms, is %s', (code, stopAskedAt, event) => {
    expect(classifyExit({ t: 100_000, code, stopAskedAt })).toBe(event);
  });
});
