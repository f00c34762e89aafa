import { LogCursor } from './log-cursor.ts';

describe('LogCursor', () => {
  const item = (seq: number, prev: number, epoch = 'e') => ({ seq, prev, epoch });

  it('takes items that follow each other, whatever their numbers', () => {
    const cursor = new LogCursor();
    cursor.settle({ epoch: 'e', seq: 7 });
    expect(cursor.take(item(9, 7))).toBe('next');
    expect(cursor.take(item(40, 9))).toBe('next');
    expect(cursor.position).toEqual({ epoch: 'e', seq: 40 });
  });

  it('notices a hole and stays where it was', () => {
    const cursor = new LogCursor();
    cursor.settle({ epoch: 'e', seq: 7 });
    expect(cursor.take(item(12, 9))).toBe('hole');
    expect(cursor.position?.seq).toBe(7);
  });

  it('does not take an item twice', () => {
    const cursor = new LogCursor();
    cursor.settle({ epoch: 'e', seq: 7 });
    expect(cursor.take(item(7, 6))).toBe('seen');
    expect(cursor.take(item(3, 2))).toBe('seen');
  });

  it('takes nothing before its first snapshot, nor from another epoch', () => {
    const cursor = new LogCursor();
    expect(cursor.take(item(1, 0))).toBe('hole');
    cursor.settle({ epoch: 'e', seq: 7 });
    expect(cursor.take(item(8, 7, 'other'))).toBe('hole');
  });
});
