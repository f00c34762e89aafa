import { SESSIONS_RPC, subjects } from '@deckwatch/contracts';
import type { Bus } from '@deckwatch/bus';
import { eventually, testBus, type Broker } from '@deckwatch/testing';
import { countOf, followEvents, ingest, runKeeper, type RunningKeeper } from './running-keeper.ts';

/** What holds of the service, wherever its brokers run. */
export function sessionsSuite(startNats: () => Promise<Broker>, startRedis: () => Promise<Broker>): void {
  let nats: Broker;
  let redis: Broker;
  let app: Bus;
  let running: RunningKeeper;
  let stream: ReturnType<typeof followEvents>;

  beforeAll(async () => {
    [nats, redis] = await Promise.all([startNats(), startRedis()]);
    app = await testBus(nats, 'app');
    running = await runKeeper(nats, redis, 'one');
    stream = followEvents(app);
    await eventually(() => expect(running.parts.snapshot()).toMatchObject({ redis: null }));
  });
  afterAll(async () => {
    await running.stop();
    await app.close();
    await Promise.all([nats.stop(), redis.stop()]);
  });
  const eventsOf = (name: string) => stream.events.filter((event) => event.app === name);

  it('tell the start and the end of a session on the stream, with the count after each', async () => {
    expect(await ingest(app, 'shop', { id: 's1', op: 'start', user: 'ada', attrs: { page: '/' } })).toEqual({
      ok: true,
    });
    expect(await ingest(app, 'shop', { id: 's2', op: 'start' })).toEqual({ ok: true });
    expect(await ingest(app, 'shop', { id: 's1', op: 'end' })).toEqual({ ok: true });
    await eventually(() => expect(eventsOf('shop')).toHaveLength(3));
    expect(eventsOf('shop')).toMatchObject([
      { id: 's1', user: 'ada', event: 'created', reason: 'login', active: 1, delta: 1, attrs: { page: '/' } },
      { id: 's2', user: null, event: 'created', reason: 'login', active: 2, delta: 1 },
      { id: 's1', user: 'ada', event: 'destroyed', reason: 'logout', active: 1, delta: -1 },
    ]);
    expect(stream.items.map(({ subject }) => subject)).toContain('deckwatch.sessions.shop.destroyed');
    expect(await countOf(app)).toMatchObject({ active: 1, byApp: { shop: 1 } });
  });

  it('end when nothing has been heard of them for their time to live', async () => {
    await ingest(app, 'brief', { id: 'x', op: 'touch', ttlMs: 1000 });
    const startedAt = Date.now();
    await eventually(() => expect(eventsOf('brief')).toHaveLength(2));
    expect(eventsOf('brief')).toMatchObject([
      { event: 'created', reason: 'unknown' },
      { event: 'destroyed', reason: 'expired', active: 0 },
    ]);
    expect(Date.now() - startedAt).toBeLessThan(2000);
    await ingest(app, 'brief', { id: 'y', op: 'start', ttlMs: 50 });
    await eventually(() => expect(eventsOf('brief')).toHaveLength(4), { timeoutMs: 1500 });
  });

  it('take what is only published, and write names as subjects have them', async () => {
    app.publish('deckwatch.ingest.sessions.My-Shop', { id: 'p1', op: 'start' });
    await eventually(() => expect(eventsOf('my-shop')).toMatchObject([{ id: 'p1', event: 'created' }]));
  });

  it('say what is wrong with a message', async () => {
    expect(await ingest(app, 'shop', { id: '', op: 'start' })).toEqual({
      ok: false,
      error: expect.stringMatching(/^id: /),
    });
    expect(await ingest(app, 'shop', { id: 'x', op: 'begin' as never })).toEqual({
      ok: false,
      error: expect.stringMatching(/^op: /),
    });
    const bulky = Object.fromEntries(Array.from({ length: 10 }, (_, at) => [`k${at}`, 'x'.repeat(1000)]));
    expect(await ingest(app, 'shop', { id: 'x', op: 'start', attrs: bulky })).toEqual({
      ok: false,
      error: expect.stringMatching(/^attrs: at most/),
    });
    const raw = await app.connection.request(subjects.ingestSessions('shop'), 'no json');
    expect(raw.json()).toEqual({ ok: false, error: 'not JSON' });
  });

  it('take items by REST one by one', async () => {
    const items = [
      { app: 'Rest App', id: 'a', op: 'start' as const },
      { app: 'x'.repeat(128), id: 'b', op: 'start' as const, attrs: { big: 'x'.repeat(1000) } },
      { app: 'rest app', id: 'c', op: 'start' as const, attrs: Object.fromEntries(Array.from({ length: 9 }, (_, at) => [`k${at}`, 'y'.repeat(1000)])) }, // prettier-ignore
    ];
    const answer = await app.call('sessions', SESSIONS_RPC, 'ingest', { items });
    expect(answer).toEqual({ accepted: 2, rejected: [{ index: 2, message: expect.stringMatching(/^attrs/) }] });
    expect((await countOf(app)).byApp['rest_app']).toBe(1);
  });

  it('can be asked for one by one, and are unknown when they are not there', async () => {
    await ingest(app, 'one', { id: 'odd id/é', op: 'start', user: 'eve', attrs: { plan: 'pro' }, ttlMs: 5000 });
    const session = await app.call('sessions', SESSIONS_RPC, 'get', { app: 'one', id: 'odd id/é' });
    expect(session).toMatchObject({ app: 'one', id: 'odd id/é', user: 'eve', attrs: { plan: 'pro' } });
    expect(session.expiresAt! - session.lastSeenAt).toBe(5000);
    await expect(app.call('sessions', SESSIONS_RPC, 'get', { app: 'one', id: 'nobody' })).rejects.toMatchObject({
      status: 404,
    });
  });

  it('show their latest events, newest first', async () => {
    await ingest(app, 'late', { id: 'l1', op: 'start' });
    await ingest(app, 'late', { id: 'l1', op: 'end' });
    await eventually(() => expect(eventsOf('late')).toHaveLength(2));
    const { items } = await app.call('sessions', SESSIONS_RPC, 'events', { limit: 2 });
    expect(items).toMatchObject([
      { app: 'late', event: 'destroyed' },
      { app: 'late', event: 'created' },
    ]);
    expect((await app.call('sessions', SESSIONS_RPC, 'events', { limit: 500 })).items).toHaveLength(
      stream.events.length,
    );
  });

  it('refuse a cursor that is not theirs', async () => {
    await expect(app.call('sessions', SESSIONS_RPC, 'list', { limit: 5, cursor: 'abc' })).rejects.toMatchObject({
      status: 400,
    });
  });

  it('tell a change of user or attributes, at most once in a while', async () => {
    await ingest(app, 'talk', { id: 't', op: 'start', user: null });
    await ingest(app, 'talk', { id: 't', op: 'touch', user: 'ada' });
    await ingest(app, 'talk', { id: 't', op: 'touch' });
    await ingest(app, 'talk', { id: 't', op: 'touch', attrs: { step: 1 } });
    await ingest(app, 'talk', { id: 't', op: 'touch', attrs: { step: 2 } });
    await eventually(() => expect(eventsOf('talk')).toHaveLength(3), { timeoutMs: 8000 });
    const [, first, second] = eventsOf('talk');
    expect(first).toMatchObject({ event: 'updated', user: 'ada', delta: 0, attrs: {} });
    expect(second).toMatchObject({ event: 'updated', user: 'ada', attrs: { step: 2 } });
    expect(second!.t - first!.t).toBeGreaterThanOrEqual(5000);
  }, 15_000);

  it('are counted for Prometheus', async () => {
    const text = await running.metrics.registry.metrics();
    expect(text).toMatch(/deckwatch_sessions_events_stored_total\{event="created",service="sessions"\} \d+/);
    expect(text).toMatch(/deckwatch_sessions_ingest_rejected_total\{why="invalid",service="sessions"\} \d+/);
    expect(text).toMatch(/deckwatch_sessions_outbox_entries\{service="sessions"\} 0/);
  });
}
