import { RevisionConflict } from '@deckwatch/bus';
import { recordingLog, settle, silentLog, VirtualClock } from '@deckwatch/testing';
import { leaseKey } from './formation.ts';
import type { LeaseBucket, LeaseRecord } from './lease.ts';
import { ShardLeases, type Plea } from './shard-leases.ts';

class MemoryBucket implements LeaseBucket {
  readonly stored = new Map<string, { value: LeaseRecord; revision: number }>();

  async get(key: string) {
    return this.stored.get(key);
  }
  async create(key: string, value: LeaseRecord) {
    return this.update(key, value, 0);
  }
  async update(key: string, value: LeaseRecord, revision: number) {
    if ((this.stored.get(key)?.revision ?? 0) !== revision) throw new RevisionConflict(key);
    this.stored.set(key, { value, revision: revision + 1 });
    return revision + 1;
  }
}

/** One instance, which evaluates whatever it holds at once. */
class Instance {
  readonly begun: string[] = [];
  readonly leases: ShardLeases;

  constructor(
    readonly name: string,
    private readonly fleet: Fleet,
    shards: number,
    log = silentLog,
  ) {
    this.leases = new ShardLeases({
      bucket: fleet.bucket,
      count: shards,
      holder: name,
      clock: fleet.clock,
      log,
      position: () => ({ epoch: 1, seq: fleet.seq }),
      onAcquired: (shard, before) => this.begun.push(`${shard} after ${before?.seq ?? 'nobody'}`),
      onLost: () => undefined,
      onSettled: () => undefined,
      isGone: async (other) => !fleet.running.has(other),
      ask: async (other, plea) => (await fleet.running.get(other)?.give(plea)) ?? false,
    });
  }

  async give(plea: Plea): Promise<boolean> {
    if (!this.leases.mayGive(plea)) return false;
    this.fleet.handedOver += 1;
    await this.leases.give(plea.shard, plea.to, { epoch: 1, seq: this.fleet.seq });
    return true;
  }
}

class Fleet {
  readonly clock = new VirtualClock();
  readonly bucket = new MemoryBucket();
  readonly running = new Map<string, Instance>();
  handedOver = 0;
  seq = 42;

  start(name: string, shards: number, log = silentLog): Instance {
    const instance = new Instance(name, this, shards, log);
    this.running.set(name, instance);
    instance.leases.start();
    return instance;
  }

  /** As kill -9 does: it neither renews nor gives back. */
  die(instance: Instance): void {
    this.running.delete(instance.name);
    const { update } = this.bucket;
    this.bucket.update = async (key, value, revision) => {
      if (value.holder === instance.name) return new Promise(() => undefined);
      return update.call(this.bucket, key, value, revision);
    };
  }

  get shares(): Record<string, readonly number[]> {
    return Object.fromEntries([...this.running].map(([name, { leases }]) => [name, leases.held]));
  }
}

describe('the leases of shards', () => {
  let fleet: Fleet;

  beforeEach(() => {
    fleet = new Fleet();
  });
  afterEach(async () => {
    for (const { leases } of fleet.running.values()) await leases.stop();
  });

  it('are all held by one that is alone, and one is handed over to a second, once', async () => {
    fleet.start('a', 2);
    await fleet.clock.advance(1000);
    expect(fleet.shares).toEqual({ a: [0, 1] });
    const b = fleet.start('b', 2);
    await fleet.clock.advance(10_000);
    expect(fleet.shares).toEqual({ a: [0], b: [1] });
    await fleet.clock.advance(60_000);
    expect([b.begun, fleet.handedOver]).toEqual([['1 after 42'], 1]);
  });

  it('are taken over from one that died within 3 s, and shared again when it is back', async () => {
    const a = fleet.start('a', 2);
    await fleet.clock.advance(1000);
    fleet.start('b', 2);
    await fleet.clock.advance(10_000);
    fleet.die(a);
    await fleet.clock.advance(2500);
    expect(fleet.shares).toEqual({ b: [1, 0] });
    fleet.start('a2', 2);
    await fleet.clock.advance(10_000);
    expect(fleet.shares).toEqual({ b: [0], a2: [1] });
  });

  it('are confirmed after every doubt, also after one that comes meanwhile', async () => {
    const { leases } = fleet.start('a', 1);
    await fleet.clock.advance(1500);
    const { update } = fleet.bucket;
    const renewedAt: number[] = [];
    const renewals: (() => void)[] = [];
    fleet.bucket.update = async (...write) => {
      renewedAt.push(fleet.clock.now());
      await new Promise<void>((resolve) => renewals.push(resolve));
      return update.apply(fleet.bucket, write);
    };
    leases.doubt();
    let isConfirmed = false;
    const confirmed = leases.confirm().then(() => (isConfirmed = true));
    await settle();
    fleet.clock.jump(10_000);
    leases.doubt();
    renewals.shift()!();
    await settle();
    expect([renewedAt.length, isConfirmed]).toEqual([2, false]);
    renewals.shift()!();
    await confirmed;
    expect(renewedAt[1]! - renewedAt[0]!).toBe(10_000);
    fleet.bucket.update = update;
  });

  it.each([
    [3, 2, [1, 2]],
    [4, 3, [1, 1, 2]],
    [2, 3, [0, 1, 1]],
    [5, 2, [2, 3]],
  ])('%i among %i instances come to rest at %j', async (shards, instances, shares) => {
    for (let number = 0; number < instances; number += 1) fleet.start(`i${number}`, shards);
    await fleet.clock.advance(40_000);
    const sizes = () => Object.values(fleet.shares).map(({ length }) => length);
    expect(sizes().sort()).toEqual(shares);
    const before = fleet.handedOver;
    await fleet.clock.advance(60_000);
    expect(fleet.handedOver).toBe(before);
  });

  it('stay with the number of whoever has the first: one with another stands by and says so', async () => {
    fleet.start('a', 1);
    await fleet.clock.advance(1000);
    const log = recordingLog();
    const b = fleet.start('b', 2, log);
    await fleet.clock.advance(10_000);
    expect(fleet.shares).toEqual({ a: [0], b: [] });
    expect(log.messages().filter((message) => message.includes('DECKWATCH_ALERT_SHARDS'))).toHaveLength(1);
    await fleet.running.get('a')!.leases.stop();
    fleet.running.delete('a');
    await fleet.clock.advance(3000);
    expect(fleet.shares).toEqual({ b: [0, 1] });
    expect(b.begun).toEqual(['0 after 42', '1 after 42']);
  });

  it('begin where the one that was behind the most had come to when their number changes', async () => {
    const record = (seq: number) => ({ value: { holder: null, position: { epoch: 1, seq }, shards: 3 }, revision: 1 });
    for (const [shard, seq] of [30, 10, 20].entries()) fleet.bucket.stored.set(leaseKey(shard), record(seq));
    const a = fleet.start('a', 2);
    await fleet.clock.advance(3000);
    expect(a.begun).toEqual(['0 after 10', '1 after 10']);
    expect(fleet.bucket.stored.get(leaseKey(2))!.value).toMatchObject({ holder: null, shards: 2 });
  });

  it('are all held by somebody also when the number was half changed by one that died', async () => {
    const record = (seq: number, shards: number) => ({ value: { holder: null, position: { epoch: 1, seq }, shards }, revision: 1 }); // prettier-ignore
    for (const [shard, shards] of [2, 3, 3].entries()) fleet.bucket.stored.set(leaseKey(shard), record(10, shards));
    const a = fleet.start('a', 2);
    await fleet.clock.advance(3000);
    expect(a.begun).toEqual(['0 after 10', '1 after 10']);
  });

  it('keep where they begin while their number is being changed', async () => {
    const held = { holder: 'gone', position: { epoch: 1, seq: 10 }, shards: 3 };
    for (const shard of [0, 1, 2]) fleet.bucket.stored.set(leaseKey(shard), { value: held, revision: 1 });
    fleet.seq = 99;
    fleet.start('a', 2);
    const written: (number | undefined)[] = [];
    for (let step = 0; step < 12; step += 1) {
      await fleet.clock.advance(100);
      written.push(fleet.bucket.stored.get(leaseKey(0))!.value.position?.seq);
    }
    expect(new Set(written)).toEqual(new Set([10]));
  });

  it('are taken away from those that hold them by another number', async () => {
    const a = fleet.start('a', 3);
    await fleet.clock.advance(1000);
    fleet.start('b', 3);
    await fleet.clock.advance(10_000);
    expect(fleet.shares).toEqual({ a: [0, 1], b: [2] });
    fleet.start('c', 2);
    fleet.die(a);
    // Whoever is first with the first: the others follow its number.
    await fleet.clock.advance(20_000);
    const { b, c } = fleet.shares;
    expect([b!.length, c!.length].sort()).toEqual(b!.length > 0 ? [0, 3] : [0, 2]);
  });
});
