import { aStatsRow, aStatsSweep, containerIdOf } from '@deckwatch/testing';
import type { StatsSweep } from '@deckwatch/contracts';
import { KEEP_MS, RingStore } from './ring-store.ts';

const NOW = 1_800_000_000_000;

function sweepOf(t: number, ...containers: number[]): StatsSweep {
  return aStatsSweep({ t, rows: containers.map((number) => aStatsRow(containerIdOf(number))) as StatsSweep['rows'] });
}

describe('the store of rings', () => {
  it('keeps containers of equal ids on two hosts apart', () => {
    const store = new RingStore();
    store.add(sweepOf(NOW, 1), NOW);
    store.add({ ...sweepOf(NOW, 1), host: 'beta' }, NOW);
    expect(store.size).toBe(2);
    expect(store.get('beta', containerIdOf(1))?.length).toBe(1);
  });

  it('keeps the samples of a container that is gone for 15 minutes, then gives its memory to another', () => {
    const store = new RingStore();
    store.add(sweepOf(NOW, 1), NOW);
    const ring = store.get('alpha', containerIdOf(1));
    store.add(sweepOf(NOW + KEEP_MS - 1, 2), NOW + KEEP_MS - 1);
    expect(store.get('alpha', containerIdOf(1))).toBe(ring);
    store.add(sweepOf(NOW + KEEP_MS + 10_000, 3), NOW + KEEP_MS + 10_000);
    expect(store.get('alpha', containerIdOf(1))).toBeUndefined();
    expect(store.get('alpha', containerIdOf(3))).toBe(ring);
    expect(ring?.length).toBe(1);
  });

  it('takes no more than its share of memory, and counts what it refused', () => {
    const store = new RingStore(2);
    store.add(sweepOf(NOW, 1, 2, 3), NOW);
    store.add(sweepOf(NOW + 1000, 1, 2, 3), NOW + 1000);
    expect(store.allocated).toBe(2);
    expect(store.refused).toBe(2);
    expect(store.get('alpha', containerIdOf(2))?.length).toBe(2);
  });

  it('never allocates more than are alive at a time, however many come and go', () => {
    const store = new RingStore();
    for (let round = 0; round < 20; round += 1) {
      const now = NOW + round * KEEP_MS;
      store.add(sweepOf(now, ...Array.from({ length: 10 }, (_, at) => round * 10 + at)), now);
    }
    expect(store.allocated).toBe(10);
  });
});
