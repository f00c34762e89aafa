import { aStatsRow } from '@deckwatch/testing';
import fc from 'fast-check';
import { RING_BYTES, RING_SAMPLES, SampleRing } from './sample-ring.ts';

const START = 1_800_000_000_000;
const CPU = 0;

function cpuOf(ring: SampleRing, from = 0, to = Number.MAX_SAFE_INTEGER): [number, number][] {
  const found: [number, number][] = [];
  ring.each(CPU, from, to, (t, figure) => found.push([t, figure]));
  return found;
}

const row = (cpu: number | null) => aStatsRow('0123456789ab', { cpu });

describe('a ring of samples', () => {
  it('takes 36,000 bytes, whatever it holds', () => {
    const ring = new SampleRing() as unknown as Record<string, ArrayBufferView>;
    const bytes = Object.values(ring).reduce(
      (sum, field) => sum + (ArrayBuffer.isView(field) ? field.byteLength : 0),
      0,
    );
    expect(RING_BYTES).toBe(36_000);
    expect(bytes - RING_BYTES).toBeLessThan(100);
  });

  it('holds the last 15 minutes at one sample a second', () => {
    const ring = new SampleRing();
    for (let at = 0; at < RING_SAMPLES + 10; at += 1) ring.add(START + at * 1000, row(at));
    const held = cpuOf(ring);
    expect(held).toHaveLength(900);
    expect(held[0]).toEqual([START + 10_000, 10]);
    expect(held.at(-1)).toEqual([START + 909_000, 909]);
  });

  it('holds 15 minutes at four samples a second, averaged by the second', () => {
    const ring = new SampleRing();
    for (let at = 0; at < RING_SAMPLES * 4; at += 1) ring.add(START + at * 250, row(at % 4));
    const held = cpuOf(ring);
    expect(held).toHaveLength(900);
    expect(held[0]).toEqual([START, 1.5]);
    expect(ring.oldestAt).toBe(START);
  });

  it('keeps every sample of sweeps that come a little early or late', () => {
    const ring = new SampleRing();
    for (let at = 0; at < 100; at += 1) ring.add(START + at * 1000 + (at % 2) * 90, row(at));
    expect(cpuOf(ring)).toHaveLength(100);
  });

  it('leaves unknown figures out, also of an average', () => {
    const ring = new SampleRing();
    ring.add(START, row(null));
    ring.add(START + 1000, row(4));
    ring.add(START + 1250, row(null));
    ring.add(START + 1500, row(8));
    expect(cpuOf(ring)).toEqual([[START + 1000, 6]]);
  });

  it('takes a figure beyond its range for unknown', () => {
    const ring = new SampleRing();
    ring.add(START, row(1e300));
    expect(cpuOf(ring)).toEqual([]);
  });

  it('ignores a sample that comes late or twice', () => {
    const ring = new SampleRing();
    ring.add(START + 5000, row(5));
    ring.add(START + 5000, row(6));
    ring.add(START + 3000, row(3));
    expect(cpuOf(ring)).toEqual([[START + 5000, 5]]);
  });

  it('begins anew when the clock of the host was set back', () => {
    const ring = new SampleRing();
    ring.add(START, row(1));
    ring.add(START - 3_600_000, row(2));
    expect(cpuOf(ring)).toEqual([[START - 3_600_000, 2]]);
  });

  it('finds the samples of any range as a plain list would', () => {
    const property = fc.property(
      fc.array(fc.record({ gap: fc.integer({ min: 1000, max: 4000 }), cpu: fc.option(fc.integer({ min: 0, max: 400 })) }), { maxLength: 1200 }), // prettier-ignore
      fc.integer({ min: -10, max: 3_000_000 }),
      fc.integer({ min: 0, max: 3_000_000 }),
      (samples, offset, length) => {
        const ring = new SampleRing();
        let t = START;
        const plain = samples.map(({ gap, cpu }) => ({ t: (t += gap), cpu }));
        for (const sample of plain) ring.add(sample.t, row(sample.cpu));
        const from = START + offset;
        const kept = plain.slice(-RING_SAMPLES).filter((sample) => sample.t >= from && sample.t <= from + length);
        expect(cpuOf(ring, from, from + length)).toEqual(kept.filter(({ cpu }) => cpu !== null).map((sample) => [sample.t, sample.cpu])); // prettier-ignore
      },
    );
    fc.assert(property, { seed: 7, numRuns: 60 });
  });
});
