import { recordingLog, settle, VirtualClock } from '@deckwatch/testing';
import { aSummary, at, KUBERNETES, POD_UID, T0, type KubernetesVersion, type StatsLook } from '../../../test/pods.ts';
import type { Figures } from '../../rates/counters.ts';
import { ContainerTag } from '../../sweep/container-tag.ts';
import type { ReadTarget } from '../reader.ts';
import { KubeletReader } from './kubelet-reader.ts';

const UNKNOWN = { rd: NaN, wr: NaN, pids: NaN };

function target(id: string, over: Partial<ReadTarget> = {}): ReadTarget {
  const tag = new ContainerTag('node-1', id, id);
  return { id, fullId: id, pid: 0, cgroupParent: '', network: 'own', bornAt: T0, tag, ...over };
}

/** A kubelet whose answers a test gives one after another; it is asked every ten seconds. */
class Kubelet {
  readonly clock = new VirtualClock(T0);
  readonly log = recordingLog();
  answer: () => Promise<unknown> = () => Promise.resolve({ node: {}, pods: [] });
  asked = 0;
  fresh = 0;
  readonly reader = new KubeletReader({
    http: { json: () => ((this.asked += 1), this.answer()) },
    placeOf: (id) => ({ podUid: POD_UID, container: id }),
    wantedMs: 1000,
    clock: this.clock,
    steady: this.clock.now,
    log: this.log,
    onFresh: () => (this.fresh += 1),
  });

  constructor() {
    this.reader.watch(target('app'));
  }

  says(...containers: StatsLook[]): Promise<void> {
    return this.saysAll(aSummary(containers));
  }

  async saysAll(answer: unknown): Promise<void> {
    this.answer = () => Promise.resolve(answer);
    await this.clock.advance(10_000);
  }

  async fails(error: Error): Promise<void> {
    this.answer = () => Promise.reject(error);
    await this.clock.advance(10_000);
  }

  rows(): [string, Figures, number | null | undefined][] {
    const rows: [string, Figures, number | null | undefined][] = [];
    this.reader.sweep(({ id }, figures, when) => rows.push([id, { ...figures }, when]));
    return rows;
  }
}

describe('the kubelet reader', () => {
  let kubelet: Kubelet;
  beforeEach(() => (kubelet = new Kubelet()));
  afterEach(() => {
    kubelet.reader.close();
    expect(kubelet.clock.pending).toBe(0);
  });

  it.each(Object.keys(KUBERNETES) as KubernetesVersion[])('makes figures of two countings of %s', async (version) => {
    await kubelet.saysAll(aSummary([{ second: 1, cpu: 5, rx: 1000, tx: 100 }], version));
    expect([kubelet.rows(), kubelet.reader.takenAt(), kubelet.fresh]).toEqual([[], NaN, 0]);
    await kubelet.saysAll(aSummary([{ second: 11, cpu: 7.5, mem: 60e6, limit: 128e6, rx: 21_000, tx: 300 }], version));
    const figures = { cpu: 25, mem: 60e6, memLimit: 128e6, rx: 2000, tx: 20, ...UNKNOWN };
    expect(kubelet.rows()).toEqual([['app', figures, T0 + 11_000]]);
    expect([kubelet.reader.takenAt(), kubelet.fresh]).toEqual([T0 + 11_000, 1]);
  });

  it('repeats no counting as if it were a new one', async () => {
    await kubelet.says({ second: 1, cpu: 5 });
    await kubelet.says({ second: 11, cpu: 6 });
    expect(kubelet.rows()[0]![2]).toBe(T0 + 11_000);
    await kubelet.says({ second: 11, cpu: 6 });
    expect(kubelet.rows()[0]![2]).toBeNull();
    expect([kubelet.reader.takenAt(), kubelet.fresh]).toEqual([T0 + 11_000, 1]);
  });

  it('has no limit where the kubelet does not say what is left of it', async () => {
    await kubelet.says({ second: 1, cpu: 5 });
    await kubelet.says({ second: 11, cpu: 6 });
    expect(kubelet.rows()[0]![1].memLimit).toBeNaN();
  });

  it('drops figures that the kubelet no longer counts on, with one last sweep', async () => {
    await kubelet.says({ second: 1, cpu: 5 });
    await kubelet.says({ second: 11, cpu: 6 });
    for (let count = 0; count < 4; count += 1) await kubelet.says({ second: 11, cpu: 6 });
    expect(kubelet.rows()).toEqual([]);
    expect(kubelet.reader.takenAt()).toBe(T0 + 11_001);
    expect(kubelet.reader.node()).toBeUndefined();
    await kubelet.says({ second: 61, cpu: 7 });
    expect(kubelet.rows()).toHaveLength(1);
  });

  it('begins anew with another run of a container', async () => {
    await kubelet.says({ second: 1, cpu: 5 });
    await kubelet.says({ second: 11, cpu: 6 });
    await kubelet.says({ second: 21, cpu: 500, startTime: at(15) });
    expect(kubelet.rows()).toEqual([]);
    await kubelet.says({ second: 31, cpu: 501, startTime: at(15) });
    expect(kubelet.rows()[0]![1].cpu).toBe(10);
  });

  it('begins anew when a counter went back', async () => {
    await kubelet.says({ second: 1, cpu: 5 });
    await kubelet.says({ second: 11, cpu: 1 });
    expect(kubelet.rows()).toEqual([]);
    await kubelet.says({ second: 21, cpu: 2 });
    expect(kubelet.rows()[0]![1].cpu).toBe(10);
  });

  it("counts a pod's network at the container that it belongs to", async () => {
    kubelet.reader.watch(target('app', { network: 'shared' }));
    await kubelet.says({ second: 1, cpu: 5, rx: 10 });
    await kubelet.says({ second: 11, cpu: 6, rx: 20 });
    expect(kubelet.rows()[0]![1]).toMatchObject({ rx: NaN, tx: NaN });
  });

  it('knows what the node does', async () => {
    await kubelet.says({ second: 1, cpu: 5 });
    expect(kubelet.reader.node()).toEqual({ cpu: null, mem: 2e9, memTotal: 8e9 });
    await kubelet.says({ second: 11, cpu: 6 });
    expect(kubelet.reader.node()).toEqual({ cpu: 150, mem: 2e9, memTotal: 8e9 });
  });

  it('says once why there are no figures, and that there are again', async () => {
    await kubelet.fails(new Error('401 for /stats/summary: Unauthorized'));
    await kubelet.fails(new Error('401 for /stats/summary: Unauthorized'));
    await kubelet.fails(new Error('500 for /stats/summary'));
    await kubelet.saysAll('garbage');
    await kubelet.saysAll({ node: 'x' });
    await kubelet.says({ second: 41, cpu: 5 });
    expect(kubelet.log.messages('warn')).toEqual(Array.from({ length: 3 }, () => 'no figures from the kubelet'));
    expect(kubelet.log.messages('info')).toEqual(['kubelet answers again']);
  });

  it('asks one question at a time, and goes on when a slow one is answered', async () => {
    await settle();
    let answer: (value: unknown) => void = () => undefined;
    kubelet.answer = () => new Promise((resolve) => (answer = resolve));
    await kubelet.clock.advance(10_000);
    const { asked } = kubelet;
    kubelet.reader.hurry();
    await kubelet.clock.advance(60_000);
    expect(kubelet.asked).toBe(asked);
    answer(aSummary([{ second: 1, cpu: 5 }]));
    await kubelet.clock.advance(10);
    expect(kubelet.asked).toBe(asked + 1);
    answer(undefined); // nothing waits when this ends
    await settle();
  });

  it('takes nothing of an answer that comes after it was closed', async () => {
    await kubelet.says({ second: 1, cpu: 5 });
    kubelet.answer = () => new Promise((resolve) => setImmediate(() => resolve(aSummary([{ second: 11, cpu: 6 }]))));
    kubelet.reader.hurry();
    kubelet.reader.close();
    await settle();
    await settle();
    expect(kubelet.fresh).toBe(0);
  });
});
