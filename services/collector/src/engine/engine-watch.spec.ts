import { Backoff } from '@deckwatch/bus';
import { eventually, recordingLog, VirtualClock } from '@deckwatch/testing';
import { FakeEngine } from '../../test/fake-engine.ts';
import { EngineWatch, type EngineWatchOptions } from './engine-watch.ts';

const around = { installed: true, otherSockets: [], socketGroup: null, systemd: true, contained: false, user: 'ann' };

describe('the watch over the engine', () => {
  const watches: EngineWatch[] = [];
  afterEach(() => watches.splice(0).forEach((watch) => watch.stop()));

  function setUp(over: Partial<EngineWatchOptions> = {}) {
    const clock = new VirtualClock(1_000_000);
    const engine = new FakeEngine(clock.now);
    const log = recordingLog();
    const happened: string[] = [];
    const watch = new EngineWatch({
      engine,
      clock,
      log,
      look: () => Promise.resolve(around),
      seenBefore: false,
      since: undefined,
      onUp: ({ name }) => void happened.push(`up ${name}`),
      onEvent: ({ action, name }) => void happened.push(`${action} ${name}`),
      reconcile: (closely) => Promise.resolve(void happened.push(closely ? 'compare all' : 'compare')),
      onAway: () => void happened.push('away'),
      backoff: new Backoff({ baseMs: 1, maxMs: 2 }),
      ...over,
    });
    watches.push(watch);
    return { clock, engine, log, happened, watch };
  }

  it('is up after the engine answered and everything was compared', async () => {
    const { watch, happened } = setUp();
    await watch.start();
    expect(watch).toMatchObject({ state: 'up', reason: null });
    expect(happened).toEqual(['up box', 'compare all']);
  });

  it('says none, and why, where no engine was ever seen', async () => {
    const { watch, engine, happened } = setUp();
    engine.goAway();
    await watch.start();
    expect(watch.state).toBe('none');
    expect(watch.reason).toContain('sudo systemctl start docker');
    expect(happened).toEqual([]);
    engine.comeBack();
    await eventually(() => expect(watch.state).toBe('up'));
  });

  it('says away where one was seen before this process began', async () => {
    const { watch, engine } = setUp({ seenBefore: true });
    expect(watch.state).toBe('away');
    engine.goAway();
    await watch.start();
    expect(watch.state).toBe('away');
  });

  it('notices at once when the engine goes away, and comes back with it', async () => {
    const { watch, engine, happened, log } = setUp();
    await watch.start();
    engine.goAway();
    await eventually(() =>
      expect(watch).toMatchObject({ state: 'away', reason: expect.stringContaining('systemctl') as string }),
    );
    await eventually(() => expect(engine.calls.filter((call) => call === 'info').length).toBeGreaterThan(3));
    expect(log.messages('warn').length).toBeLessThanOrEqual(2);
    engine.comeBack();
    await eventually(() => expect(happened).toEqual(['up box', 'compare all', 'away', 'up box', 'compare all']));
  });

  it('takes up the events where it lost them, and tells none twice', async () => {
    const { watch, engine, happened, clock } = setUp();
    await watch.start();
    engine.create('a');
    engine.endStreams();
    await clock.advance(500);
    engine.create('b');
    await eventually(() => expect(happened.filter((what) => what === 'compare all')).toHaveLength(2));
    expect(happened.filter((what) => what.startsWith('create'))).toEqual(['create a', 'create b']);
  });

  it('asks from when it was told to, at first', async () => {
    const { watch, engine, happened, clock } = setUp({ since: 999_900 });
    engine.create('early');
    await clock.advance(1000);
    await watch.start();
    expect(happened).toContain('create early');
  });

  it('notices an engine that is silent without having closed anything', async () => {
    const { watch, engine, happened, clock } = setUp();
    await watch.start();
    engine.fault = new Error('silent');
    await clock.advance(60_000);
    expect(watch.state).toBe('up');
    await clock.advance(60_000);
    await eventually(() => expect(happened).toContain('away'));
    engine.comeBack();
    await eventually(() => expect(watch.state).toBe('up'));
  });

  it('compares again every five minutes', async () => {
    const { watch, happened, clock } = setUp();
    await watch.start();
    await clock.advance(5 * 60_000);
    expect(happened.filter((what) => what === 'compare')).toHaveLength(1);
  });

  it('leaves no timer and no stream behind', async () => {
    const { watch, clock, happened, engine } = setUp();
    await watch.start();
    watch.stop();
    expect(clock.pending).toBe(0);
    engine.create('late');
    expect(happened).not.toContain('create late');
  });
});
