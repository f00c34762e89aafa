import { RevisionConflict, type Bucket } from '@deckwatch/bus';
import type { HostRecord } from '@deckwatch/contracts';
import { aHostReport, recordingLog, settle, VirtualClock } from '@deckwatch/testing';
import { HostClaim } from './host-claim.ts';

/** A bucket in memory. */
class FakeBucket implements Pick<Bucket<HostRecord>, 'get' | 'create' | 'update' | 'put'> {
  readonly entries = new Map<string, { value: HostRecord; revision: number }>();
  get = (key: string) => Promise.resolve(this.entries.get(key));
  put = (key: string, value: HostRecord) => {
    const revision = (this.entries.get(key)?.revision ?? 0) + 1;
    this.entries.set(key, { value, revision });
    return Promise.resolve(revision);
  };
  create = (key: string, value: HostRecord) =>
    this.entries.has(key) ? Promise.reject(new RevisionConflict(key)) : this.put(key, value);
  update = (key: string, value: HostRecord, revision: number) =>
    this.entries.get(key)?.revision === revision ? this.put(key, value) : Promise.reject(new RevisionConflict(key));
}

describe('the claim of a host name', () => {
  const clock = new VirtualClock(1_000_000_000);
  const claims: HostClaim[] = [];
  const lost: string[] = [];
  afterEach(() => void lost.splice(0));
  afterEach(() => claims.splice(0).forEach((claim) => claim.stop()));

  async function claim(
    bucket: FakeBucket,
    wanted: string,
    engineId: string | undefined,
    machine = 'm1',
    log = recordingLog(),
  ): Promise<string> {
    const taken = await HostClaim.take(
      { bucket, clock, log, machine, onLost: () => lost.push(engineId ?? machine) },
      wanted,
      engineId,
    );
    claims.push(taken);
    return taken.name;
  }

  it('is the name as it may stand in subjects', async () => {
    expect(await claim(new FakeBucket(), 'Büro.Server 1', 'e1')).toBe('b_ro_server_1');
  });

  it('goes to the same engine again', async () => {
    const bucket = new FakeBucket();
    expect([await claim(bucket, 'box', 'e1'), await claim(bucket, 'box', 'e1')]).toEqual(['box', 'box']);
  });

  it('gives another engine of that name a number, and warns', async () => {
    const bucket = new FakeBucket();
    const log = recordingLog();
    await claim(bucket, 'box', 'e1');
    expect(await claim(bucket, 'box', 'e2', 'm2', log)).toBe('box-2');
    expect(await claim(bucket, 'box', 'e3', 'm3')).toBe('box-3');
    expect(await claim(bucket, 'box', 'e2', 'm2')).toBe('box-2');
    expect(log.messages('warn')).toHaveLength(1);
  });

  it('is free again when its holder was not heard of for minutes, and not while it is', async () => {
    const bucket = new FakeBucket();
    await claim(bucket, 'box', 'e1');
    await clock.advance(20 * 60_000);
    expect(await claim(bucket, 'box', 'e2', 'm2')).toBe('box-2');
    claims.splice(0).forEach((held) => held.stop());
    await clock.advance(20 * 60_000);
    expect(await claim(bucket, 'box', 'e3', 'm3')).toBe('box');
  });

  it('stays the same when an engine shows that was away before, on the same machine', async () => {
    const bucket = new FakeBucket();
    expect(await claim(bucket, 'box', undefined)).toBe('box');
    expect(await claim(bucket, 'box', 'e1')).toBe('box');
    expect(await claim(bucket, 'box', undefined)).toBe('box');
    expect(await claim(bucket, 'box', undefined, 'm2')).toBe('box-2');
  });

  it('is held by the engine that was seen later', async () => {
    const bucket = new FakeBucket();
    await claim(bucket, 'box', undefined);
    await claims[0]!.adopt('e1');
    expect(bucket.entries.get('box')!.value.engineId).toBe('e1');
  });

  it('keeps the first report at once, and the last of each minute', async () => {
    const bucket = new FakeBucket();
    await claim(bucket, 'box', 'e1');
    const kept = () => bucket.entries.get('box')!.value.report?.cpu;
    expect(kept()).toBeUndefined();
    claims[0]!.keep(aHostReport({ cpu: 1 }));
    await settle();
    for (const cpu of [2, 3]) claims[0]!.keep(aHostReport({ cpu }));
    await settle();
    expect(kept()).toBe(1);
    await clock.advance(60_000);
    expect(kept()).toBe(3);
  });

  it('is lost, told once, when another engine took it while this one slept', async () => {
    const bucket = new FakeBucket();
    await claim(bucket, 'box', 'e1');
    await bucket.put('box', { engineId: 'e2', machine: 'm2', t: clock.now() });
    await clock.advance(180_000);
    expect(lost).toEqual(['e1']);
    expect(bucket.entries.get('box')!.value.engineId).toBe('e2');
  });

  it('is taken again after it was deleted, or written by the same engine', async () => {
    const bucket = new FakeBucket();
    await claim(bucket, 'box', 'e1');
    bucket.entries.delete('box');
    await clock.advance(60_000);
    expect(bucket.entries.get('box')?.value.engineId).toBe('e1');
    await bucket.put('box', { engineId: 'e1', machine: 'm1', t: 0 });
    await clock.advance(60_000);
    expect(bucket.entries.get('box')!.value.t).toBe(clock.now());
    expect(lost).toEqual([]);
  });

  it('is decided between two that claim at once', async () => {
    const bucket = new FakeBucket();
    const names = await Promise.all([claim(bucket, 'box', 'e1', 'm1'), claim(bucket, 'box', 'e2', 'm2')]);
    expect(names.sort()).toEqual(['box', 'box-2']);
  });
});
