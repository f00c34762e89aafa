import { KeyedQueue } from './keyed-queue.ts';

function gate(): { open: () => void; passed: Promise<void> } {
  let open: () => void = () => undefined;
  const passed = new Promise<void>((resolve) => (open = resolve));
  return { open, passed };
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('the queue of tasks by key', () => {
  it('keeps the order of a key, and does not let one key wait for another', async () => {
    const done: string[] = [];
    const queue = new KeyedQueue(4, 10, () => undefined);
    const slow = gate();
    queue.add('a', () => slow.passed.then(() => void done.push('a1')));
    queue.add('a', async () => void done.push('a2'));
    queue.add('b', async () => void done.push('b1'));
    await settled();
    expect(done).toEqual(['b1']);
    slow.open();
    await settled();
    expect(done).toEqual(['b1', 'a1', 'a2']);
  });

  it('runs no more at a time than it is wide', async () => {
    const queue = new KeyedQueue(2, 10, () => undefined);
    const slow = gate();
    let running = 0;
    for (const key of ['a', 'b', 'c']) queue.add(key, () => ((running += 1), slow.passed));
    await settled();
    expect(running).toBe(2);
    slow.open();
    await settled();
    expect(running).toBe(3);
  });

  it('goes on after a task that failed, and tells of it', async () => {
    const faults: string[] = [];
    const done: string[] = [];
    const queue = new KeyedQueue(1, 10, (key, error) => faults.push(`${key} ${String(error)}`));
    queue.add('a', () => Promise.reject(new Error('no')));
    queue.add('a', async () => void done.push('a2'));
    await settled();
    expect([faults, done]).toEqual([['a Error: no'], ['a2']]);
  });

  it('does not take more than a queue may hold', async () => {
    const queue = new KeyedQueue(1, 2, () => undefined);
    const slow = gate();
    expect([1, 2, 3].map(() => queue.add('a', () => slow.passed))).toEqual([true, true, false]);
    slow.open();
    await settled();
    expect(queue.add('a', () => Promise.resolve())).toBe(true);
  });
});
