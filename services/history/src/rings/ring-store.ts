import type { StatsSweep } from '@deckwatch/contracts';
import { RING_SAMPLES, SampleRing, SLOT_MS } from './sample-ring.ts';

/** For how long the samples of a container that is gone are kept: as long as a ring reaches back. */
export const KEEP_MS = RING_SAMPLES * SLOT_MS;
/** Containers whose samples are kept at most; memory is taken as they come: 5,000 take 180 MB. */
export const CONTAINER_LIMIT = 5000;

interface Kept {
  readonly ring: SampleRing;
  /** When the last sample came, by our own clock. */
  heardAt: number;
}

/** How often silent containers are looked for. */
const LOOK_EVERY_MS = 10_000;

/**
 * The rings of all containers, in memory that is bounded by their number. A ring is made at a container's first
 * sample, and passed on to another one when nothing was heard of the first for 15 minutes.
 */
export class RingStore {
  /** Samples that found no ring, as there are too many containers. */
  refused = 0;
  /** By host, then by the container's id: so that the hot road makes no keys. */
  private readonly hosts = new Map<string, Map<string, Kept>>();
  private readonly spare: SampleRing[] = [];
  private containers = 0;
  private lookedAt = -Infinity;

  constructor(private readonly limit = CONTAINER_LIMIT) {}

  /** Containers whose samples are kept. */
  get size(): number {
    return this.containers;
  }

  /** Rings that memory is held for. */
  get allocated(): number {
    return this.containers + this.spare.length;
  }

  /** Takes a sweep that was received at `now`. */
  add(sweep: StatsSweep, now: number): void {
    if (now - this.lookedAt >= LOOK_EVERY_MS || now < this.lookedAt) this.recycle(now);
    const host = this.hosts.get(sweep.host) ?? new Map<string, Kept>();
    for (const row of sweep.rows) {
      const kept = host.get(row[0]) ?? this.begin(host, row[0]);
      if (!kept) continue;
      kept.ring.add(sweep.t, row);
      kept.heardAt = now;
    }
    if (host.size > 0) this.hosts.set(sweep.host, host);
  }

  get(host: string, id: string): SampleRing | undefined {
    return this.hosts.get(host)?.get(id)?.ring;
  }

  /** Frees the rings of containers that have been silent for too long. */
  private recycle(now: number): void {
    this.lookedAt = now;
    for (const [name, host] of this.hosts) {
      for (const [id, { ring, heardAt }] of host) {
        if (now - heardAt < KEEP_MS) continue;
        host.delete(id);
        this.containers -= 1;
        ring.clear();
        this.spare.push(ring);
      }
      if (host.size === 0) this.hosts.delete(name);
    }
  }

  private begin(host: Map<string, Kept>, id: string): Kept | undefined {
    const ring = this.spare.pop() ?? (this.containers < this.limit ? new SampleRing() : undefined);
    if (!ring) {
      this.refused += 1;
      return undefined;
    }
    const kept = { ring, heardAt: 0 };
    host.set(id, kept);
    this.containers += 1;
    return kept;
  }
}
