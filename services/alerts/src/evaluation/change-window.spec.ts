import fc from 'fast-check';
import { ChangeWindow } from './change-window.ts';

const WITHIN_MS = 60_000;
const SPAN_MS = WITHIN_MS / 60;

describe('the window of a rule on a change', () => {
  it.each(['highest', 'lowest'] as const)('has the %s of its time, whatever came when', (wanted) => {
    const steps = fc.array(fc.tuple(fc.integer({ min: 0, max: 9000 }), fc.integer({ min: -5, max: 5 })), { minLength: 1, maxLength: 80 }); // prettier-ignore
    fc.assert(
      fc.property(steps, (given) => {
        const window = new ChangeWindow(WITHIN_MS, wanted);
        const seen: { span: number; value: number }[] = [];
        let t = 1_000_000;
        for (const [pause, value] of given) {
          t += pause;
          window.add(value, t);
          const span = Math.floor(t / SPAN_MS);
          seen.push({ span, value });
          const within = seen.filter((one) => one.span > span - 60).map((one) => one.value);
          expect(window.reference()).toBe(wanted === 'highest' ? Math.max(...within) : Math.min(...within));
        }
      }),
      { seed: 1, numRuns: 100 },
    );
  });

  it('begins anew when the clock is set back by more than its time', () => {
    const window = new ChangeWindow(WITHIN_MS, 'highest');
    window.add(100, 10_000_000);
    window.add(7, 1_000_000);
    expect([window.reference(), window.isFull(1_000_000 + WITHIN_MS - 1)]).toEqual([7, false]);
  });
});
