import { HISTORY_RPC, subjects } from '@deckwatch/contracts';
import type { Bus } from '@deckwatch/bus';
import { Metrics, systemClock, Usage } from '@deckwatch/service-kit';
import {
  AN_ID,
  A_HOST,
  aStatsRow,
  aStatsSweep,
  describeWith,
  eventually,
  serviceBus,
  startNats,
  testBus,
  type NatsServer,
} from '@deckwatch/testing';
import { HistoryRecorder } from '../src/history-recorder.ts';

const NOW = 1_800_000_000_000;
const QUERY = { host: A_HOST, id: AN_ID, metrics: ['cpu'], from: NOW - 60_000, to: NOW + 60_000, points: 300 };

describeWith('nats')('history on the bus', () => {
  let nats: NatsServer;
  let buses: Bus[];
  let recorders: HistoryRecorder[];
  const metrics = new Metrics('history', new Usage());

  beforeAll(async () => {
    nats = await startNats();
    const recording = ['one', 'two'].map((name) => serviceBus(nats, 'history', name));
    buses = await Promise.all([testBus(nats, 'asker'), ...recording]);
    recorders = [metrics, new Metrics('history', new Usage())].map(
      (each, at) => new HistoryRecorder({ bus: buses[at + 1]!, metrics: each, clock: systemClock }),
    );
    recorders.forEach((recorder) => recorder.start());
    await Promise.all(buses.map((bus) => bus.flush()));
  });
  afterAll(async () => {
    recorders.forEach((recorder) => recorder.stop());
    await Promise.all(buses.map((bus) => bus.close()));
    await nats.stop();
  });
  const [asker, sweep] = [
    () => buses[0]!,
    (t: number, cpu: number) => aStatsSweep({ t, rows: [aStatsRow(AN_ID, { cpu })] as never }),
  ];
  const ask = (over: object = {}) => asker().call('history', HISTORY_RPC, 'range', { ...QUERY, ...over });

  it('answers what it heard, from whichever instance is asked', async () => {
    for (let at = 0; at < 3; at += 1) asker().publish(subjects.stats(A_HOST), sweep(NOW + at * 1000, at));
    const expected = [0, 1, 2].map((at) => [NOW + at * 1000, at, at, at]);
    for (let times = 0; times < 10; times += 1) {
      await eventually(async () => expect(await ask()).toEqual({ series: { cpu: expected }, resolutionMs: 1000 }));
    }
  });

  it('passes over what is no sweep, and samples of single containers', async () => {
    asker().publish(subjects.stats(A_HOST), 'no json');
    asker().publish(subjects.stats(A_HOST), { v: 1, t: NOW, rows: 'none' });
    asker().publish(subjects.containerStats(A_HOST, AN_ID), { v: 1, t: NOW });
    asker().publish(subjects.stats(A_HOST), sweep(NOW + 3000, 3));
    await eventually(async () => expect((await ask()).series['cpu']).toHaveLength(4));
    expect(buses[1]!.counters.rejected).toBe(2);
  });

  it('refuses a metric that there is not', async () => {
    await expect(ask({ metrics: ['love'] })).rejects.toMatchObject({ status: 400, errors: [{ path: 'metrics' }] });
  });

  it('tells Prometheus how full it is', async () => {
    const text = await metrics.registry.metrics();
    expect(text).toMatch(/deckwatch_history_containers\{service="history"\} 1/);
    expect(text).toMatch(/deckwatch_history_containers_limit\{service="history"\} 5000/);
    expect(text).toMatch(/deckwatch_history_ring_bytes\{service="history"\} 36000/);
  });

  it('goes on after the broker was killed', async () => {
    await nats.kill();
    await nats.restart();
    await eventually(() => expect(buses.every((bus) => bus.connected)).toBe(true), { timeoutMs: 15_000 });
    await eventually(async () => {
      asker().publish(subjects.stats(A_HOST), sweep(NOW + 4000, 4));
      for (let times = 0; times < 10; times += 1) expect((await ask()).series['cpu']).toHaveLength(5);
    });
  }, 30_000);
});
