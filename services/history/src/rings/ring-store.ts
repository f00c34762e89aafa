import { containerKey, type StatsSweep } from '@deckwatch/contracts';
import { RING_SAMPLES, SampleRing, SLOT_MS } from './sample-ring.ts';

/** For how long the samples of a container that is gone are kept: as long as a ring reaches back. */
export const KEEP_MS = RING_SAMPLES * SLOT_MS;
/** Containers whose samples are kept at most: 2,000 take 72 MB. */
export const CONTAINER_LIMIT = 2000;

interface Kept {
  ring: SampleRing;
  /** When the last sample came, by our own clock. */
  heardAt: number;
}

/**
 * The rings of all containers, in memory that is bounded by their number. A ring is made at a container's first
 * sample, and passed on to another one when nothing was heard of the first for 15 minutes.
 */
export class RingStore {
  /** Samples that found no ring, as there are too many containers. */
  refused = 0;
  /** In the order in which they were last heard of, longest ago first. */
  private readonly kept = new Map<string, Kept>();
  private readonly spare: SampleRing[] = [];

  constructor(private readonly limit = CONTAINER_LIMIT) {}

  get size(): number {
    return this.kept.size;
  }

  /** Rings that memory is held for. */
  get allocated(): number {
    return this.kept.size + this.spare.length;
  }

  /** Takes a sweep that was received at `now`. */
  add(sweep: StatsSweep, now: number): void {
    this.recycle(now);
    for (const row of sweep.rows) {
      const key = containerKey(sweep.host, row[0]);
      const ring = this.kept.get(key)?.ring ?? this.free();
      if (!ring) {
        this.refused += 1;
        continue;
      }
      ring.add(sweep.t, row);
      this.kept.delete(key);
      this.kept.set(key, { ring, heardAt: now });
    }
  }

  get(host: string, id: string): SampleRing | undefined {
    return this.kept.get(containerKey(host, id))?.ring;
  }

  /** Frees the rings of containers that have been silent for too long. */
  private recycle(now: number): void {
    for (const [key, { ring, heardAt }] of this.kept) {
      if (now - heardAt < KEEP_MS) return;
      this.kept.delete(key);
      ring.clear();
      this.spare.push(ring);
    }
  }

  private free(): SampleRing | undefined {
    const spare = this.spare.pop();
    if (spare) return spare;
    return this.kept.size < this.limit ? new SampleRing() : undefined;
  }
}
