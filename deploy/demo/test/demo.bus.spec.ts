import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Bus } from '@deckwatch/bus';
import { DEMO_RPC, filters, SessionIngest } from '@deckwatch/contracts';
import { describeWith, eventually, silentLog, startNats, testBus, VirtualClock } from '@deckwatch/testing';
import { Demo } from '../src/demo.ts';

describeWith('nats')('Demo', () => {
  let nats: Awaited<ReturnType<typeof startNats>>;
  let bus: Bus;
  let listener: Bus;
  let folder: string;
  let clock: VirtualClock;

  beforeAll(async () => void (nats = await startNats()));
  afterAll(() => nats.stop());
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'demo-'));
    clock = new VirtualClock();
    bus = await testBus(nats);
    listener = await testBus(nats);
  });
  afterEach(async () => {
    await listener.close();
    await bus.close();
    rmSync(folder, { recursive: true });
  });

  async function startDemo(onRemoved: () => void = () => undefined): Promise<Demo> {
    const demo = new Demo({
      bus,
      log: silentLog,
      clock,
      seed: 7,
      containers: 3,
      socketPath: join(folder, 'demo.sock'),
      onRemoved,
    });
    await demo.start();
    return demo;
  }

  it('tells of sessions within 15 seconds, and that all have ended when it stops', async () => {
    const heard: SessionIngest[] = [];
    listener.listen(filters.ingestSessions, SessionIngest, (message) => void heard.push(message));
    await listener.flush();
    const demo = await startDemo();
    for (let second = 0; second < 15; second += 1) await clock.advance(1000);
    await eventually(() => expect(heard.filter(({ op }) => op === 'start').length).toBeGreaterThan(2));
    await demo.stop();
    const ids = (op: string): string[] =>
      heard
        .filter((message) => message.op === op)
        .map(({ id }) => id)
        .sort();
    await eventually(() => expect(ids('end')).toEqual(ids('start')));
    expect(existsSync(join(folder, 'demo.sock'))).toBe(false);
  });

  it('answers the request to be removed, then says so', async () => {
    let removed = 0;
    const demo = await startDemo(() => void (removed += 1));
    await bus.flush();
    expect(await listener.request('deckwatch.rpc.demo.stop', {})).toMatchObject({ ok: true });
    await expect(listener.call('demo', DEMO_RPC, 'stop', {})).resolves.toEqual({});
    expect(removed).toBe(0);
    await clock.advance(60);
    expect(removed).toBeGreaterThan(0);
    await demo.stop();
  });
});
