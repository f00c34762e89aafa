import { STREAMS } from '@deckwatch/contracts';
import { describeWith, eventually, recordingLog, startNatsCluster, type NatsCluster } from '@deckwatch/testing';
import { Bus, type TailItem } from '../src/index.ts';

const PATIENCE = { timeoutMs: 40_000 };

describeWith('nats')('a bus on a cluster of brokers', () => {
  let cluster: NatsCluster;
  let bus: Bus;

  beforeAll(async () => {
    cluster = await startNatsCluster();
    const log = recordingLog();
    bus = await Bus.connect({ servers: cluster.url, name: 'test', log, replicas: 3 });
    // The servers elect before they take streams.
    await eventually(() => bus.ensureStreams(), PATIENCE);
    await bus.ensureBuckets();
  }, 60_000);
  afterAll(async () => {
    await bus.close();
    await cluster.stop();
  });

  const leaderOf = async (stream: string) => (await bus.jsm.streams.info(stream)).cluster?.leader ?? '';

  it('keeps streams and buckets on as many servers as it was told', async () => {
    for (const name of [...Object.keys(STREAMS), 'KV_deckwatch_rules'])
      expect((await bus.jsm.streams.info(name)).config.num_replicas).toBe(3);
  });

  it('loses and doubles nothing when the server is killed that leads the stream', async () => {
    const items: TailItem[] = [];
    const log = bus.log('ALERTS');
    bus.tail('ALERTS', { from: 1, onMessage: (item) => items.push(item) }).start();
    const subject = (n: number) => `deckwatch.alerts.rule.target-${n % 7}`;
    for (let n = 0; n < 50; n += 1) await log.append(subject(n), { n });
    const leader = cluster.servers.get(await leaderOf('ALERTS'))!;
    const writes = [];
    for (let n = 50; n < 100; n += 1) writes.push(log.append(subject(n), { n }));
    await leader.end('SIGKILL');
    for (let n = 100; n < 150; n += 1) writes.push(log.append(subject(n), { n }));
    await Promise.all(writes);
    await eventually(() => expect(items).toHaveLength(150), PATIENCE);
    expect(items.map(({ seq }) => seq)).toEqual(Array.from({ length: 150 }, (_, n) => n + 1));
    expect(new Set(items.map((item) => (item.json() as { n: number }).n)).size).toBe(150);
    await leader.start();
  }, 90_000);
});
