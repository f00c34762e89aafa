import { eventually } from './eventually.ts';

describe('eventually', () => {
  it('tries until the assertion holds and returns its value', async () => {
    let tries = 0;
    const attempt = () => {
      tries += 1;
      expect(tries).toBeGreaterThan(2);
      return tries;
    };
    await expect(eventually(attempt, { everyMs: 1 })).resolves.toBe(3);
  });

  it('takes false for not yet', async () => {
    const answers = [false, false, true];
    await expect(eventually(() => answers.shift(), { everyMs: 1 })).resolves.toBe(true);
  });

  it('says what did not hold, for how long, and why', async () => {
    const attempt = () => Promise.reject(new Error('still closed'));
    const waiting = eventually(attempt, { timeoutMs: 10, everyMs: 1, describe: 'the door' });
    await expect(waiting).rejects.toThrow(/the door did not hold within 10 ms \(\d+ tries\): still closed/);
  });
});
