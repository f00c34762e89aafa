import { eventually, recordingLog } from '@deckwatch/testing';
import { FakeEngine, fullId } from '../../../test/fake-engine.ts';
import type { Figures } from '../../rates/counters.ts';
import { ContainerTag } from '../../sweep/container-tag.ts';
import type { ReadTarget } from '../reader.ts';
import { EngineReader } from './engine-reader.ts';

const START = Date.parse('2026-11-22T20:00:00Z');

function answer(seconds: number, cpuNs: number): object {
  return {
    read: new Date(START + seconds * 1000).toISOString(),
    cpu_stats: { cpu_usage: { total_usage: cpuNs }, system_cpu_usage: seconds * 2e9, online_cpus: 2 },
    memory_stats: { usage: 5000, stats: {}, limit: 10_000 },
    networks: { eth0: { rx_bytes: seconds * 100, tx_bytes: 0 } },
  };
}

describe('the engine reader', () => {
  const readers: EngineReader[] = [];
  let now = 0;
  let engine: FakeEngine;

  beforeEach(() => {
    now = 0;
    engine = new FakeEngine(() => START);
  });
  afterEach(() => readers.splice(0).forEach((reader) => reader.close()));

  function watching(over: Partial<ReadTarget> = {}) {
    const size = () => ({ cpus: 2, memTotal: 1e9 });
    const reader = new EngineReader({ engine, steady: () => now, size, intervalMs: 1000, log: recordingLog() });
    readers.push(reader);
    const plain = { id: 'web', fullId: fullId('web'), pid: 0, cgroupParent: '', network: 'own', bornAt: null } as const;
    reader.watch({ ...plain, tag: new ContainerTag('box', 'web', 'web'), ...over });
    return reader;
  }

  const tell = (value: object): void => engine.feeds.get(fullId('web'))?.forEach((feed) => feed(value));
  const listening = () => eventually(() => expect(engine.feeds.get(fullId('web'))?.size).toBe(1));

  function rows(reader: EngineReader): Figures[] {
    const taken: Figures[] = [];
    reader.sweep((_, figures) => taken.push({ ...figures }));
    return taken;
  }

  it('gives figures after two answers', async () => {
    const reader = watching();
    await listening();
    tell(answer(1, 1e9));
    expect(rows(reader)).toEqual([]);
    tell(answer(2, 2.5e9));
    expect(rows(reader)).toEqual([expect.objectContaining({ cpu: 150, rx: 100, mem: 5000, memLimit: 10_000 })]);
  });

  it('gives figures after one answer when it has seen the container start', async () => {
    const reader = watching({ bornAt: START });
    await listening();
    tell(answer(1, 0.5e9));
    expect(rows(reader)).toEqual([expect.objectContaining({ cpu: 50 })]);
  });

  it('repeats the last figures while an answer is late, but not when they are stale', async () => {
    const reader = watching();
    await listening();
    tell(answer(1, 1e9));
    tell(answer(2, 2e9));
    now = 2500;
    expect(rows(reader)).toHaveLength(1);
    now = 2501;
    expect(rows(reader)).toEqual([]);
  });

  it('waits as long for an engine that answers every five seconds, but not after a single pause', async () => {
    const reader = watching();
    await listening();
    const telling = (at: number): void => {
      now = at;
      tell(answer(at / 1000, at * 1e6));
    };
    [5000, 10_000].forEach(telling);
    now = 20_000;
    expect(rows(reader)).toHaveLength(1);
    [21_000, 22_000, 30_000].forEach(telling);
    now = 32_501;
    expect(rows(reader)).toEqual([]);
  });

  it('says nothing of a container whose answers all tell the same moment', async () => {
    const reader = watching();
    await listening();
    tell(answer(1, 1e9));
    tell(answer(1, 1e9));
    expect(rows(reader)).toEqual([]);
  });

  it('opens a stream again that failed', async () => {
    engine.fault = new Error('busy');
    const reader = watching();
    await eventually(() => expect(engine.calls.length).toBe(1));
    engine.fault = undefined;
    reader.hurry();
    await listening();
  });

  it('closes its stream when the container rests, and none is opened after', async () => {
    const reader = watching();
    await listening();
    reader.unwatch('web');
    expect(engine.feeds.get(fullId('web'))?.size).toBe(0);
    expect(reader.watches('web')).toBe(false);
    tell(answer(1, 1));
    expect(rows(reader)).toEqual([]);
  });

  it('closes a stream that opens when the container rests already', async () => {
    const reader = watching();
    reader.unwatch('web');
    await eventually(() => expect(engine.feeds.get(fullId('web'))?.size).toBe(0));
  });
});
