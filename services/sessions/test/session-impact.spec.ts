import type { Bus } from '@deckwatch/bus';
import { subjects, type SessionEvent } from '@deckwatch/contracts';
import { aSessionEvent, describeWith, startNats, testBus, type NatsServer } from '@deckwatch/testing';
import { eventPage } from '../src/rpc/session-events.ts';
import { ImpactDesk } from '../src/rpc/session-impact.ts';

describeWith('nats')('who was on an app that failed', () => {
  let nats: NatsServer;
  let bus: Bus;
  let now: number;
  let reads: number;
  let desk: ImpactDesk;
  const at = Date.now() - 60_000;

  beforeAll(async () => {
    nats = await startNats();
    bus = await testBus(nats, 'impact');
    await bus.ensureStreams();
  });
  afterAll(async () => {
    await bus.close();
    await nats.stop();
  });
  beforeEach(() => {
    now = at + 60_000;
    reads = 0;
    const countOf = async (app: string): Promise<number> => ((reads += 1), app === 'quiet' ? 4 : 0);
    desk = new ImpactDesk(bus, countOf, () => now);
  });

  async function happened(app: string, afterMs: number, over: Partial<SessionEvent>): Promise<void> {
    const event = aSessionEvent({ app, t: at + afterMs, ...over });
    await bus.js.publish(subjects.session(app, event.event), JSON.stringify(event));
  }
  const left = (id: string, active: number) => ({ id, event: 'destroyed', delta: -1, active }) as const;

  it('is counted from what came before, with those who left within ten seconds', async () => {
    await happened('shop', -3000, { id: 'a', active: 312 });
    await happened('other', 100, left('o', 9));
    await happened('shop', 0, left('b', 311));
    await happened('shop', 500, { id: 'c', active: 312 });
    await happened('shop', 800, { id: 'c', event: 'updated', delta: 0, active: 312 });
    await happened('shop', 9999, left('d', 311));
    await happened('shop', 10_000, left('e', 310));
    expect(await desk.impact({ apps: ['shop'], at })).toEqual({
      apps: ['shop'],
      before: 312,
      gone: 2,
      withinMs: 10_000,
    });
  });

  it('is told by what came after, where nothing had come before', async () => {
    await happened('late', 20_000, left('x', 6));
    expect(await desk.impact({ apps: ['late'], at })).toMatchObject({ before: 7, gone: 0 });
  });

  it('is who is there now, where nothing has happened since', async () => {
    expect(await desk.impact({ apps: ['quiet'], at })).toMatchObject({ before: 4, gone: 0 });
  });

  it('is summed over the apps that run on it', async () => {
    expect(await desk.impact({ apps: ['shop', 'late', 'quiet'], at })).toMatchObject({ before: 323, gone: 2 });
  });

  it('is read once, but not remembered while more may leave', async () => {
    now = at + 4000;
    await desk.impact({ apps: ['quiet'], at });
    now = at + 60_000;
    await desk.impact({ apps: ['quiet'], at });
    await desk.impact({ apps: ['quiet'], at });
    expect(reads).toBe(2);
  });

  it('finds the events of one session, and nothing older than asked for', async () => {
    const page = await eventPage(bus, { limit: 10, app: 'shop', id: 'c' });
    expect(page.items.map(({ event }) => event)).toEqual(['updated', 'created']);
    expect((await eventPage(bus, { limit: 10, app: 'shop', from: Date.now() + 1000 })).items).toEqual([]);
  });

  it('is not known where the log does not reach back', async () => {
    await bus.jsm.streams.purge('SESSIONS', { filter: '', keep: 1 });
    expect(await desk.impact({ apps: ['shop'], at })).toBeNull();
  });
});
