import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Bus } from '@deckwatch/bus';
import { DEMO_RPC, filters, SessionIngest } from '@deckwatch/contracts';
import { describeWith, eventually, serviceBus, silentLog, startNats, testBus, VirtualClock } from '@deckwatch/testing';
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
    bus = await serviceBus(nats, 'demo');
    listener = await testBus(nats);
  });
  afterEach(async () => {
    await listener.close();
    await bus.close();
    rmSync(folder, { recursive: true });
  });

  async function startDemo(notes: string[] = []): Promise<Demo> {
    const demo = new Demo({
      bus,
      log: silentLog,
      clock,
      seed: 7,
      containers: 3,
      socketPath: join(folder, 'demo.sock'),
      onRemoval: () => void notes.push('remembered'),
      onRemoved: () => void notes.push('ended'),
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

  it('answers the request to be removed when nobody watches any more, then ends', async () => {
    const notes: string[] = [];
    const demo = await startDemo(notes);
    await bus.flush();
    const watcher = connect(join(folder, 'demo.sock'));
    await once(watcher, 'connect');
    const answer = listener.call('demo', DEMO_RPC, 'stop', {}).then(() => void notes.push('answered'));
    await eventually(() => expect(notes).toEqual(['remembered']));
    await clock.advance(500);
    expect(notes).toEqual(['remembered']);
    watcher.destroy();
    await eventually(async () => {
      await clock.advance(60);
      expect(notes).toContain('answered');
    });
    await answer;
    await clock.advance(60);
    expect(notes).toContain('ended');
    await demo.stop();
  });
});
