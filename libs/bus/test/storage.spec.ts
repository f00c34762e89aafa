import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { BUCKETS, STREAMS, type BucketDeclaration } from '@deckwatch/contracts';
import { describeWith, findProgram, freePort, serviceBus, silentLog, startNats, testBus } from '@deckwatch/testing';
import { z } from 'zod';
import { Bus } from '../src/bus.ts';
import { ensureBucket, ensureStream } from '../src/declare.ts';

type Nats = Awaited<ReturnType<typeof startNats>>;

describeWith('nats')('streams and buckets of an older version', () => {
  let nats: Nats;
  let bus: Bus;
  beforeAll(async () => {
    nats = await startNats();
    bus = await testBus(nats);
  });
  afterAll(async () => {
    await bus.close();
    await nats.stop();
  });

  it('are brought to their shape at start, with all that is in them', async () => {
    const small = { ...BUCKETS.rules, history: 1, maxBytes: 1e6, ttlMs: 1e6 };
    const settings = await bus.bucket({ ...small, name: 'older' }, z.object({ n: z.number() }));
    await settings.create('a', { n: 1 });
    const wanted: BucketDeclaration = { ...BUCKETS.rules, name: 'older' };
    await ensureBucket(bus.js, bus.jsm, wanted);
    const { config } = await bus.jsm.streams.info('KV_older');
    expect(config).toMatchObject({ max_msgs_per_subject: wanted.history, max_bytes: wanted.maxBytes, max_age: 0 });
    expect((await settings.get('a'))?.value).toEqual({ n: 1 });

    await bus.log('ALERTS').append('deckwatch.alerts.a.b', { n: 1 });
    await bus.jsm.streams.update('ALERTS', { max_msgs_per_subject: 8, max_bytes: 1e6 });
    await ensureStream(bus.jsm, STREAMS.ALERTS);
    const { config: stream, state } = await bus.jsm.streams.info('ALERTS');
    expect(stream).toMatchObject({ max_msgs_per_subject: 256, max_bytes: STREAMS.ALERTS.maxBytes });
    expect(state.messages).toBe(1);
  });

  it('are brought there by the services, with what their users may', async () => {
    await bus.jsm.streams.update('KV_deckwatch_rules', { max_bytes: 1e6 });
    await bus.jsm.streams.update('KV_deckwatch_flags', { max_bytes: 1e5 });
    const alerts = await serviceBus(nats, 'alerts');
    const { config: rules } = await bus.jsm.streams.info('KV_deckwatch_rules');
    expect(rules.max_bytes).toBe(BUCKETS.rules.maxBytes);
    expect((await bus.jsm.streams.info('KV_deckwatch_flags')).config.max_bytes).toBe(1e5);
    await alerts.close();
  });

  it('are waited for where a server does not serve them yet, as one of a cluster that starts', async () => {
    const port = await freePort();
    const bare = spawn(findProgram('nats-server')!.path, ['-a', '127.0.0.1', '-p', String(port)], { stdio: 'ignore' });
    const early = await Bus.connect({ servers: `nats://127.0.0.1:${port}`, name: 'early', log: silentLog });
    const bucket = early.bucket(BUCKETS.flags, z.object({ n: z.number() }));
    await expect(early.jsm.getAccountInfo()).rejects.toThrow('jetstream is not enabled');
    bare.kill('SIGKILL');
    await once(bare, 'exit');
    const whole = await startNats({ port });
    expect(await (await bucket).create('a', { n: 1 })).toBe(1);
    await early.close();
    await whole.stop();
  }, 20_000);
});
