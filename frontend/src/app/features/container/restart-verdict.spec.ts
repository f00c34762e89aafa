import { verdictOn } from './restart-verdict.ts';

const on = (active: number, others = 0, running = true) => {
  const { tone, word, why } = verdictOn({ running, active, others });
  return `${tone}: ${word}: ${why}`;
};

describe('whether a restart is safe', () => {
  it('it is where nobody is', () => {
    expect(on(0)).toBe('good: Yes: nobody is on it now.');
    expect(on(312, 0, false)).toBe('good: Yes: it does not run, so nobody is on it.');
  });

  it('it hits all where nothing else serves them', () => {
    expect(on(1)).toBe('bad: No: 1 person would be hit now, and no other container serves them.');
    expect(on(1312)).toBe('bad: No: 1,312 people would be hit now, and no other container serves them.');
  });

  it('it may hit all where others serve them too: nobody knows who is on which', () => {
    expect(on(312, 1)).toBe('warn: With care: up to 312 people would be hit now; 1 other container serves them too.');
    expect(on(312, 2)).toBe('warn: With care: up to 312 people would be hit now; 2 other containers serve them too.');
  });
});
