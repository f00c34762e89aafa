import type { ContainerEvent } from '@deckwatch/contracts';
import { recordingLog, settle, VirtualClock } from '@deckwatch/testing';
import { FakeEngine, fullId, someEvent, someFacts } from '../../test/fake-engine.ts';
import { Inventory } from './inventory.ts';

function setUp(known: ContainerEvent[] = []) {
  const clock = new VirtualClock(1_000_000);
  const engine = new FakeEngine(clock.now);
  const said: ContainerEvent[] = [];
  const removed: string[] = [];
  const runs: string[] = [];
  const log = recordingLog();
  const inventory = new Inventory({
    host: 'box',
    engine,
    outlet: { publish: (message) => said.push(message), removed: (id) => removed.push(id) },
    runs: {
      running: ({ name, pid }, witnessed) => runs.push(`${name} runs as ${pid}${witnessed ? ', witnessed' : ''}`),
      resting: (id) => runs.push(`${id.slice(0, 6)} rests`),
      renamed: (_, name) => runs.push(`now ${name}`),
    },
    clock,
    log,
  });
  const latest = inventory.restore(known);
  void engine.events(0, (event) => inventory.onEvent(event));
  const tick = async (ms = 10): Promise<void> => {
    await settle();
    await clock.advance(ms);
  };
  const names = (): string[] => said.map(({ name, event }) => `${name} ${event}`);
  return { clock, engine, said, removed, runs, log, inventory, latest, tick, names };
}

describe('the inventory', () => {
  it('tells the life of a container from its events', async () => {
    const { engine, names, runs, tick, inventory } = setUp();
    engine.create('web');
    await tick();
    engine.start('web');
    await tick();
    expect(inventory.counts()).toEqual({ containers: 1, running: 1 });
    engine.die('web', 1);
    await tick();
    engine.remove('web');
    await tick();
    expect(names()).toEqual(['web created', 'web started', 'web died', 'web removed']);
    expect(runs.filter((run) => run.startsWith('web'))).toEqual(['web runs as 4001, witnessed']);
    expect(runs.at(-1)).toMatch(/rests$/);
    expect(inventory.counts()).toEqual({ containers: 0, running: 0 });
  });

  it('handles many at once without one waiting for another', async () => {
    const { engine, said, tick } = setUp();
    for (let index = 0; index < 50; index += 1) engine.create(`c${index}`);
    for (let index = 0; index < 50; index += 1) engine.start(`c${index}`);
    for (let turn = 0; turn < 10; turn += 1) await tick();
    expect(said.filter(({ event }) => event === 'started')).toHaveLength(50);
  });

  it('tells an event without an inspection when that fails, and looks again later', async () => {
    const { engine, names, runs, tick } = setUp();
    engine.create('web');
    await tick();
    engine.fault = new Error('busy');
    engine.start('web');
    await tick();
    expect(names()).toEqual(['web created', 'web started']);
    expect(runs).not.toContainEqual(expect.stringContaining('web runs'));
    engine.fault = undefined;
    await tick(1000);
    expect(runs).toContain('web runs as 4001');
  });

  it('looks again at one that became unhealthy while it was given time to end, and lives on', async () => {
    const { engine, names, tick } = setUp();
    engine.create('web');
    await tick();
    engine.start('web');
    await tick();
    engine.happen('web', 'kill', { attributes: { signal: '15' } });
    engine.health('web', 'unhealthy');
    await tick(29_000);
    expect(names()).toEqual(['web created', 'web started']);
    await tick(3000);
    expect(names()).toEqual(['web created', 'web started', 'web unhealthy']);
  });

  it('compares with the engine: unknown ones are seen, gone ones removed, differences explained', async () => {
    const before = setUp();
    for (const word of ['web', 'db', 'job']) {
      before.engine.create(word);
      await before.tick();
      before.engine.start(word);
      await before.tick();
    }
    const after = setUp(['web', 'db', 'job'].map((word) => before.said.filter(({ name }) => name === word).at(-1)!));
    expect(after.latest).toBe(before.said.at(-1)!.t);
    after.engine.containers.set(fullId('new'), someFacts({ id: fullId('new'), name: 'new' }));
    after.engine.containers.set(fullId('web'), before.engine.containers.get(fullId('web'))!);
    after.engine.containers.set(fullId('db'), {
      ...before.engine.containers.get(fullId('db'))!,
      state: 'exited',
      exitCode: 1,
      finishedAt: 999_990,
    });
    after.said.length = 0;
    await after.inventory.reconcile(true);
    expect(after.names().sort()).toEqual(['db died', 'job removed', 'job stopped', 'new seen']);
    expect(after.runs).toContain('web runs as 4001');
  });

  it('looks closely only at those that differ when it is not to look at all', async () => {
    const { engine, inventory, names } = setUp();
    engine.containers.set(fullId('web'), someFacts({ id: fullId('web') }));
    engine.containers.set(fullId('db'), someFacts({ id: fullId('db'), name: 'db' }));
    await inventory.reconcile(true);
    engine.calls.length = 0;
    engine.change('db', { health: 'unhealthy' });
    await inventory.reconcile(false);
    expect(engine.calls).toEqual(['list', `inspect ${fullId('db').slice(0, 12)}`]);
    expect(names()).toEqual(['web seen', 'db seen', 'db unhealthy']);
  });

  it('says when its engine is away instead of taking all for removed', async () => {
    const { engine, inventory, names, tick } = setUp();
    engine.create('web');
    await tick();
    engine.goAway();
    await expect(inventory.reconcile(true)).rejects.toThrow('ENOENT');
    expect(names()).toEqual(['web created']);
  });

  it('does not bring back what is gone when its events come again', async () => {
    const { engine, names, tick, inventory } = setUp();
    engine.create('web');
    await tick();
    engine.remove('web');
    await tick();
    inventory.onEvent(someEvent('die', 1_000_500, { id: fullId('web'), exitCode: 1 }));
    inventory.onEvent(someEvent('destroy', 1_000_600, { id: fullId('web') }));
    await tick();
    expect(names()).toEqual(['web created', 'web removed']);
  });

  it('forgets what is gone, whatever comes and goes', async () => {
    const { engine, removed, tick, inventory } = setUp();
    for (let index = 0; index < 3000; index += 1) {
      engine.create(`c${index}`);
      engine.remove(`c${index}`);
      if (index % 500 === 499) for (let turn = 0; turn < 30; turn += 1) await tick(0);
    }
    for (let turn = 0; turn < 100; turn += 1) await tick(0);
    expect(removed).toHaveLength(3000);
    expect(inventory.counts().containers).toBe(0);
  });

  it('says again those that the stream has lost', async () => {
    const { engine, inventory, names, tick } = setUp();
    for (const word of ['web', 'db']) engine.create(word);
    await tick();
    inventory.republish((id) => id === fullId('web').slice(0, 12));
    expect(names()).toEqual(['web created', 'db created', 'db seen']);
  });

  it('goes on from the message of another writer, and tells what differs', async () => {
    const { engine, inventory, said, names, tick } = setUp();
    engine.create('web');
    await tick();
    engine.start('web');
    await tick();
    inventory.adopt({ ...said.at(-1)!, event: 'died', state: 'exited', exitCode: 1, startedAt: 5, t: 1_000_005 });
    await tick(1000);
    expect(names().at(-1)).toBe('web restarted');
  });

  it('warns of labels that it leaves out', async () => {
    const { engine, said, log, tick } = setUp();
    engine.create('web', { labels: { huge: 'x'.repeat(50_000), small: 'y' } });
    await tick();
    expect(said[0]!.labels).toEqual({ small: 'y' });
    expect(log.messages('warn')).toEqual(['labels too large, left out']);
  });

  it('does not lose what happens while a clock was set back by days', async () => {
    const before = setUp();
    before.engine.create('web');
    await before.tick();
    const future = { ...before.said[0]!, t: 1_000_000 + 60 * 86_400_000 };
    const after = setUp([future]);
    after.engine.containers.set(fullId('web'), before.engine.containers.get(fullId('web'))!);
    after.engine.start('web');
    await after.tick();
    expect(after.names()).toEqual(['web started']);
    expect(after.said[0]!.t).toBeLessThan(1_000_100);
  });
});
