import { RevisionConflict } from '@deckwatch/bus';
import { silentLog, VirtualClock } from '@deckwatch/testing';
import { Lease, type LeaseBucket, type LeaseRecord } from './lease.ts';

class MemoryBucket implements LeaseBucket {
  stored?: { value: LeaseRecord; revision: number };
  away = false;
  loseAck = false;

  async get(): Promise<{ value: LeaseRecord; revision: number } | undefined> {
    this.reach();
    return this.stored;
  }
  async create(key: string, value: LeaseRecord): Promise<number> {
    return this.update(key, value, 0);
  }
  async update(key: string, value: LeaseRecord, revision: number): Promise<number> {
    this.reach();
    if ((this.stored?.revision ?? 0) !== revision) throw new RevisionConflict(key);
    this.stored = { value, revision: revision + 1 };
    if (this.loseAck) throw new Error('timeout');
    return revision + 1;
  }
  private reach(): void {
    if (this.away) throw new Error('the broker is away');
  }
}

describe('the lease', () => {
  let clock: VirtualClock;
  let bucket: MemoryBucket;
  let story: string[];
  const leases: Lease[] = [];

  beforeEach(() => {
    clock = new VirtualClock();
    bucket = new MemoryBucket();
    story = [];
  });
  afterEach(async () => {
    bucket.away = false;
    bucket.loseAck = false;
    for (const lease of leases.splice(0)) await lease.stop();
    expect(clock.pending).toBe(0);
  });

  function join(holder: string, over: Partial<ConstructorParameters<typeof Lease>[0]> = {}): Lease {
    const onAcquired = (before?: LeaseRecord) =>
      story.push(`${holder} has it after ${before?.position?.seq ?? 'nobody'}`);
    const onLost = () => story.push(`${holder} lost it`);
    const lease = new Lease({
      bucket,
      key: 'k',
      holder,
      clock,
      log: silentLog,
      position: () => ({ epoch: 1, seq: 42 }),
      onAcquired,
      onLost,
      ...over,
    });
    leases.push(lease);
    lease.start();
    return lease;
  }

  it('has one holder, and the other takes over within ten seconds of its death', async () => {
    const first = join('a');
    await clock.advance(100);
    join('b');
    await clock.advance(60_000);
    expect(story).toEqual(['a has it after nobody']);
    // Dead: it renews no more and gives nothing back.
    Object.assign(first, { stopped: true });
    await clock.advance(10_000);
    expect(story).toEqual(['a has it after nobody', 'b has it after 42']);
  });

  it('is taken over within a second by one that starts after the death of its holder', async () => {
    bucket.stored = { value: { holder: 'a', position: { epoch: 1, seq: 42 } }, revision: 7 };
    join('b', { isGone: async (holder) => holder === 'a' });
    await clock.advance(100);
    expect(story).toEqual([]);
    await clock.advance(300);
    expect(story).toEqual(['b has it after 42']);
  });

  it('is taken over within two seconds when the process of its holder dies', async () => {
    let dead = false;
    const first = join('a');
    await clock.advance(100);
    join('b', { isGone: async () => dead });
    await clock.advance(10_000);
    Object.assign(first, { stopped: true });
    await clock.advance(1000);
    dead = true;
    await clock.advance(1000);
    expect(story).toEqual(['a has it after nobody']);
    await clock.advance(1000);
    expect(story).toEqual(['a has it after nobody', 'b has it after 42']);
  });

  it('is left to a holder that is away from the broker for a moment', async () => {
    let away = false;
    const first = join('a');
    await clock.advance(100);
    join('b', { isGone: async () => away });
    await clock.advance(3000);
    away = true;
    await clock.advance(2000);
    away = false;
    await clock.advance(10_000);
    expect(story).toEqual(['a has it after nobody']);
    Object.assign(first, { stopped: true });
    away = true;
    await clock.advance(4000);
    expect(story).toEqual(['a has it after nobody', 'b has it after 42']);
  });

  it('is left to a holder of which nothing is known', async () => {
    bucket.stored = { value: { holder: 'a', position: null }, revision: 7 };
    join('b', { isGone: () => Promise.reject(new Error('the broker is away')) });
    await clock.advance(4500);
    expect(story).toEqual([]);
  });

  it('is taken over at once when it was given back', async () => {
    const first = join('a');
    await clock.advance(100);
    join('b');
    await clock.advance(1500);
    await first.stop();
    await clock.advance(1000);
    expect(story).toEqual(['a has it after nobody', 'b has it after 42']);
  });

  it('is kept while the broker is away, since nobody else can take it', async () => {
    const lease = join('a');
    await clock.advance(100);
    bucket.away = true;
    await clock.advance(60_000);
    expect(lease.held).toBe(true);
    bucket.away = false;
    await clock.advance(2000);
    expect(story).toEqual(['a has it after nobody']);
  });

  it('survives the loss of an acknowledgement', async () => {
    const lease = join('a');
    await clock.advance(1500);
    bucket.loseAck = true;
    await clock.advance(1000);
    bucket.loseAck = false;
    await clock.advance(5000);
    expect(lease.held).toBe(true);
    expect(story).toEqual(['a has it after nobody']);
  });

  it('is lost by a holder that slept while another took it', async () => {
    const first = join('a');
    await clock.advance(1500);
    bucket.stored = { value: { holder: 'b', position: null }, revision: 99 };
    await clock.advance(1000);
    expect(story).toEqual(['a has it after nobody', 'a lost it']);
    expect(first.held).toBe(false);
  });

  it('tells who stands by that a living holder was seen', async () => {
    let settled = 0;
    join('a');
    await clock.advance(100);
    join('b', { onSettled: () => (settled += 1) });
    expect(settled).toBe(0);
    await clock.advance(3000);
    expect(settled).toBeGreaterThan(0);
  });
});
