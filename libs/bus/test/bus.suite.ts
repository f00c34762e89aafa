import { COLLECTOR_RPC, SESSIONS_RPC } from '@deckwatch/contracts';
import { eventually, recordingLog, testBus, type Broker } from '@deckwatch/testing';
import { rm } from 'node:fs/promises';
import { z } from 'zod';
import { Bus, FencedOut, RevisionConflict, RpcFault, type TailItem } from '../src/index.ts';

/** What holds of the bus, wherever its broker runs. */
export function busSuite(startNats: () => Promise<Broker>): void {
  let nats: Broker;
  let bus: Bus;

  beforeEach(async () => {
    nats = await startNats();
    bus = await testBus(nats);
  });
  afterEach(async () => {
    await bus.close();
    await nats.stop();
  });

  it('passes on what fits the schema and counts what does not', async () => {
    const got: number[] = [];
    bus.listen('numbers', z.object({ n: z.number() }), ({ n }) => got.push(n));
    await bus.flush();
    for (const message of ['{"n":1}', '{"n":"two"}', 'no JSON', '{"n":3}']) bus.publish('numbers', message);
    await eventually(() => expect(got).toEqual([1, 3]));
    expect(bus.counters.rejected).toBe(2);
  });

  it('drops live messages while the broker is away, and goes on afterwards', async () => {
    const got: unknown[] = [];
    bus.subscribe('figures', (message) => got.push(message.json()));
    await nats.kill();
    await eventually(() => expect(bus.connected).toBe(false));
    expect(bus.publish('figures', { lost: true })).toBe(false);
    expect(bus.counters.dropped).toBe(1);
    await nats.restart();
    await eventually(() => expect(bus.connected).toBe(true));
    await eventually(() => {
      bus.publish('figures', { n: 2 });
      expect(got).toContainEqual({ n: 2 });
    });
    expect(got).not.toContainEqual({ lost: true });
  });

  it('waits for a broker that starts later, and can be told to give up', async () => {
    await nats.kill();
    const late = Bus.connect({ servers: nats.url, name: 'late', log: recordingLog() });
    await nats.restart();
    await (await late).close();
    await nats.kill();
    const stop = new AbortController();
    const never = Bus.connect({ servers: nats.url, name: 'never', log: recordingLog(), signal: stop.signal });
    stop.abort();
    await expect(never).rejects.toThrow('given up');
    await nats.restart();
  });

  describe('a request', () => {
    it('is given up as soon as the broker goes', async () => {
      bus.subscribe('deaf', () => undefined);
      const given = expect(bus.request('deaf', {}, 60_000)).rejects.toMatchObject({ status: 503 });
      await bus.flush();
      await nats.kill();
      await given;
      await nats.restart();
    });

    it('is answered by the service, checked on both sides', async () => {
      bus.serve('sessions', { count: SESSIONS_RPC.count }, { count: () => ({ active: 2, byApp: { shop: 2 }, t: 5 }) });
      const count = { active: 2, byApp: { shop: 2 }, runsOn: [], t: 5 };
      expect(await bus.call('sessions', SESSIONS_RPC, 'count', {})).toEqual(count);
    });

    it('that does not fit is refused with the fields at fault', async () => {
      bus.serve(
        'sessions',
        { get: SESSIONS_RPC.get },
        { get: () => Promise.reject(new RpcFault(404, 'no such session')) },
      );
      const call = (app: string) => bus.call('sessions', SESSIONS_RPC, 'get', { app, id: 'x' });
      await expect(call('shop')).rejects.toMatchObject({ status: 404, message: 'no such session' });
      await expect(call('Not A Token')).rejects.toMatchObject({ status: 400, errors: [{ path: 'app' }] });
    });

    it('of a stranger may be empty, and is answered with the data alone where the table says so', async () => {
      bus.serve('collector.web', COLLECTOR_RPC, { latest: () => null });
      const { data } = await bus.connection.request('deckwatch.rpc.collector.web.latest');
      expect(new TextDecoder().decode(data)).toBe('null');
      expect(await bus.call('collector.web', COLLECTOR_RPC, 'latest', {})).toBeNull();
    });

    it('that nobody answers fails at once', async () => {
      await expect(bus.call('sessions', SESSIONS_RPC, 'count', {})).rejects.toMatchObject({ status: 503 });
    });

    it('whose answer the broker would not carry is told so, and the service goes on', async () => {
      let app = 'x'.repeat(8 * 1024 * 1024);
      const count = () => ({ active: 1, byApp: { [app]: 1 }, t: 1 });
      bus.serve('sessions', { count: SESSIONS_RPC.count }, { count });
      await expect(bus.call('sessions', SESSIONS_RPC, 'count', {})).rejects.toMatchObject({ status: 413 });
      app = 'shop';
      expect(await bus.call('sessions', SESSIONS_RPC, 'count', {})).toMatchObject({ active: 1 });
    });

    it('never shows the inside of a failure', async () => {
      const broken = () => Promise.reject(new Error('password hunter2'));
      bus.serve('sessions', { count: SESSIONS_RPC.count }, { count: broken });
      const fault = await bus.call('sessions', SESSIONS_RPC, 'count', {}).catch((error: unknown) => error);
      expect(fault).toMatchObject({ status: 500 });
      expect(String(fault)).not.toContain('hunter2');
    });
  });

  describe('a subject log', () => {
    const subject = 'deckwatch.alerts.rule.target';

    it('refuses a writer that was replaced, and shows it what stands there', async () => {
      const [old, successor] = [bus.log('ALERTS'), bus.log('ALERTS')];
      await old.append(subject, { n: 1 });
      await successor.last('deckwatch.alerts.>', z.any());
      await successor.append(subject, { n: 2 });
      const fault = await old.append(subject, { n: 3 }).catch((error: unknown) => error);
      expect(fault).toBeInstanceOf(FencedOut);
      expect(fault).toMatchObject({ seq: 2, stored: { n: 2 } });
    });

    it('waits while the broker is away, and stores each message once and in order', async () => {
      const log = bus.log('ALERTS');
      await log.append(subject, { n: 1 });
      await nats.kill();
      const writes = [2, 3, 4].map((n) => log.append(subject, { n }));
      await nats.restart();
      expect(await Promise.all(writes)).toEqual([2, 3, 4]);
      const { state } = await bus.jsm.streams.info('ALERTS');
      expect(state.messages).toBe(4);
    });

    it('knows its own write when the acknowledgement was lost', async () => {
      const log = bus.log('ALERTS');
      const publish = bus.js.publish.bind(bus.js);
      jest.spyOn(bus.js, 'publish').mockImplementationOnce(async (...args) => {
        await publish(...args);
        throw new Error('acknowledgement lost');
      });
      expect(await log.append(subject, { n: 1 })).toBe(1);
      expect((await bus.jsm.streams.info('ALERTS')).state.messages).toBe(1);
    });
  });

  describe('a tail', () => {
    const seen = (items: TailItem[]) => items.map((item) => item.seq);

    it('goes on after its last message when the broker was killed', async () => {
      const items: TailItem[] = [];
      const log = bus.log('ALERTS');
      bus.tail('ALERTS', { from: 1, onMessage: (item) => items.push(item) }).start();
      await log.append('deckwatch.alerts.a.x', { n: 1 });
      await eventually(() => expect(seen(items)).toEqual([1]));
      await nats.kill();
      await nats.restart();
      await log.append('deckwatch.alerts.a.x', { n: 2 });
      await eventually(() => expect(seen(items)).toEqual([1, 2]));
    });

    it('asks for messages for so long that none waits because the time of a request is over', async () => {
      const requests: { expires: number; batch: number }[] = [];
      bus.connection.subscribe('$JS.API.CONSUMER.MSG.NEXT.ALERTS.>', {
        callback: (_, message) => void requests.push(message.json()),
      });
      bus.tail('ALERTS', { from: 1, onMessage: () => undefined }).start();
      await eventually(() => expect(requests).toHaveLength(1));
      const HOUR_NS = 3600e9;
      expect(requests[0]).toMatchObject({ expires: HOUR_NS, batch: 1000, idle_heartbeat: 1e9 });
    });

    it('begins from the last message of each subject, then tells the rest', async () => {
      const log = bus.log('ALERTS');
      for (const n of [1, 2, 3]) await log.append(`deckwatch.alerts.a.${n % 2}`, { n });
      const items: TailItem[] = [];
      const caughtUp = new Promise<void>((resolve) => {
        const onMessage = (item: TailItem) => items.push(item);
        bus.tail('ALERTS', { from: 'last-per-subject', onMessage, onCaughtUp: resolve }).start();
      });
      await caughtUp;
      expect(seen(items)).toEqual([2, 3]);
      await log.append('deckwatch.alerts.a.0', { n: 4 });
      await eventually(() => expect(seen(items)).toEqual([2, 3, 4]));
    });

    it('begins anew when the stream was made anew', async () => {
      const resets: { epoch: number; lastSeq: number }[] = [];
      const items: TailItem[] = [];
      await bus.log('ALERTS').append('deckwatch.alerts.a.x', { n: 1 });
      const tail = bus.tail('ALERTS', {
        from: 'last-per-subject',
        onMessage: (item) => items.push(item),
        onReset: (at) => resets.push(at),
      });
      tail.start();
      await eventually(() => expect(seen(items)).toEqual([1]));
      await nats.kill();
      await rm(nats.storeDir, { recursive: true });
      await nats.restart();
      await eventually(
        async () => {
          await bus.ensureStreams();
          expect(resets).toHaveLength(2);
        },
        { timeoutMs: 20_000 },
      );
      expect(resets[1]!.epoch).not.toBe(resets[0]!.epoch);
      expect(resets[1]!.lastSeq).toBe(0);
    }, 30_000);
  });

  it('refuses a concurrent edit of a stored value, and tells watchers of each change', async () => {
    const bucket = await bus.bucket(
      { name: 'things', history: 1, ttlMs: 0, maxBytes: 1e6 },
      z.object({ n: z.number() }),
    );
    const first = await bucket.create('a', { n: 1 });
    const told: unknown[] = [];
    await bucket.watch((key, value) => told.push([key, value]));
    expect(told).toEqual([['a', { n: 1 }]]);
    await bucket.update('a', { n: 2 }, first);
    await expect(bucket.update('a', { n: 3 }, first)).rejects.toBeInstanceOf(RevisionConflict);
    await expect(bucket.create('a', { n: 4 })).rejects.toBeInstanceOf(RevisionConflict);
    await bucket.delete('a');
    await eventually(() =>
      expect(told).toEqual([
        ['a', { n: 1 }],
        ['a', { n: 2 }],
        ['a', undefined],
      ]),
    );
  });
}
