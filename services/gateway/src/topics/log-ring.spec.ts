import { LogRing } from './log-ring.ts';

function filled(count: number, limits = { items: 100, chars: 10_000 }): LogRing {
  const ring = new LogRing(limits);
  for (let seq = 1; seq <= count; seq += 1) ring.push(seq, seq - 1, `${seq}`.padEnd(10));
  return ring;
}
const seqs = (items: { seq: number }[]) => items.map(({ seq }) => seq);

describe('LogRing', () => {
  it('gives what follows a position, in pieces that end at a size', () => {
    const ring = filled(9);
    expect(seqs(ring.after(6))).toEqual([7, 8, 9]);
    expect(seqs(ring.after(0, 35))).toEqual([1, 2, 3]);
    expect(seqs(ring.after(0, 1))).toEqual([1]);
    expect(ring.after(9)).toEqual([]);
  });

  it('keeps a bounded number of the latest', () => {
    const ring = filled(1000);
    expect(ring.size).toBe(100);
    expect(seqs(ring.latest(3))).toEqual([998, 999, 1000]);
    expect(ring.covers(900, 1000)).toBe(true);
    expect(ring.covers(899, 1000)).toBe(false);
  });

  it('keeps a bounded size of the latest', () => {
    const ring = filled(50, { items: 100, chars: 100 });
    expect(ring.size).toBe(10);
  });

  it('covers nothing across a hole, and nothing that it does not reach', () => {
    const ring = filled(5);
    ring.push(9, 8, 'x');
    expect(ring.covers(8, 9)).toBe(true);
    expect(ring.covers(4, 9)).toBe(false);
    expect(ring.covers(9, 9)).toBe(true);
    expect(ring.covers(9, 12)).toBe(false);
  });

  it('knows how much is unread', () => {
    const ring = filled(1000);
    expect(ring.offset - ring.offsetAfter(990)).toBe(100);
    expect(ring.offset - ring.offsetAfter(1000)).toBe(0);
  });
});
