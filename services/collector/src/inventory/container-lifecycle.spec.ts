import { ContainerEvent } from '@deckwatch/contracts';
import { fullId, someEvent, someFacts } from '../../test/fake-engine.ts';
import type { ContainerFacts, EngineEvent } from '../engine/engine.ts';
import { ContainerLifecycle } from './container-lifecycle.ts';

const ID = fullId('web').slice(0, 12);

/** Plays events, each with what an inspection after it shows, and returns what was said. */
class Play {
  readonly life: ContainerLifecycle;
  readonly said: ContainerEvent[] = [];

  constructor(known?: ContainerEvent, handledUntil = known?.t ?? 0) {
    this.life = new ContainerLifecycle('box', ID, known, handledUntil);
  }

  event(action: EngineEvent['action'], t: number, over: Partial<EngineEvent> = {}, facts?: ContainerFacts): this {
    this.said.push(...this.life.onEvent(someEvent(action, t, over), facts));
    return this;
  }

  facts(t: number, over: Partial<ContainerFacts> = {}): this {
    this.said.push(...this.life.onFacts(someFacts(over), t));
    return this;
  }

  get names(): string[] {
    return this.said.map(({ event }) => event);
  }

  get last(): ContainerEvent {
    return this.said.at(-1)!;
  }
}

/** A container that runs since 1000. */
const running = (): Play => new Play().event('create', 900).event('start', 1000, {}, someFacts());

describe('a container', () => {
  it('is created, started, stopped, removed', () => {
    const play = running()
      .event('kill', 2000)
      .event('die', 2100, { exitCode: 143 })
      .event('stop', 2110)
      .event('destroy', 3000);
    expect(play.names).toEqual(['created', 'started', 'stopped', 'removed']);
    expect(play.said.map(({ state }) => state)).toEqual(['created', 'running', 'exited', 'removing']);
    expect(play.said.map(({ t }) => t)).toEqual([900, 1000, 2100, 3000]);
  });

  it('says everything that fits the contract', () => {
    const facts = someFacts({
      labels: { 'com.docker.compose.project': 'shop', 'com.docker.compose.service': 'web' },
      health: 'starting',
    });
    const play = new Play()
      .event('create', 900, {}, { ...facts, state: 'created', startedAt: null })
      .event('start', 1000, {}, facts);
    for (const message of play.said) expect(ContainerEvent.parse(message)).toEqual(message);
    expect(play.last).toMatchObject({
      name: 'web',
      image: 'nginx:1',
      project: 'shop',
      service: 'web',
      health: 'starting',
      startedAt: 1000,
      createdAt: 900,
      restarts: 0,
    });
  });

  it.each([
    ['exit code 0', [], 0, 'stopped'],
    ['exit code 1', [], 1, 'died'],
    ['a kill before', ['kill'], 137, 'stopped'],
    ['no kill before', [], 137, 'died'],
  ] as const)('that ends with %s', (_, before, exitCode, event) => {
    const play = running();
    for (const action of before) play.event(action, 1900);
    expect(play.event('die', 2000, { exitCode }).last).toMatchObject({
      event,
      exitCode,
      state: 'exited',
      health: null,
    });
  });

  it('died when the kill is longer ago than 30 s', () => {
    expect(running().event('kill', 2000).event('die', 32_001, { exitCode: 1 }).last.event).toBe('died');
    expect(running().event('kill', 2000).event('die', 32_000, { exitCode: 1 }).last.event).toBe('stopped');
  });

  it('says that somebody asked for its end, however long it took, and with the start after it', () => {
    const asked = (play: Play) => play.said.slice(2).map(({ event, asked }) => [event, asked]);
    const ended = (ms: number, exitCode: number) =>
      running()
        .event('kill', 2000)
        .event('die', 2000 + ms, { exitCode });
    expect(asked(ended(45_000, 143))).toEqual([['died', true]]);
    expect(asked(ended(45_000, 1))).toEqual([['died', undefined]]);
    expect(asked(ended(700_000, 143))).toEqual([['died', undefined]]);
    expect(asked(running().event('die', 2000, { exitCode: 0 }))).toEqual([['stopped', undefined]]);
    const again = ended(100, 0).event('rename', 2200, { name: 'old' });
    again.event('start', 3000, {}, someFacts({ startedAt: 3000 })).event('oom', 4000);
    expect(asked(again)).toEqual([['stopped', true], ['renamed', true], ['restarted', true], ['oom', undefined]]); // prettier-ignore
    const outOfMemory = running().event('kill', 2000).event('oom', 2500).event('die', 2600, { exitCode: 137 });
    expect(asked(outOfMemory)).toEqual([['oom', undefined], ['stopped', undefined]]); // prettier-ignore
  });

  it('that is given time to end does not become unhealthy, unless it outlives that or was told something else', () => {
    const sick = (signal: string, t: number) =>
      running().event('kill', 2000, { attributes: { signal } }).event('health_status', t, { health: 'unhealthy' });
    expect(sick('15', 3000).names.slice(2)).toEqual([]);
    expect(sick('15', 3000).life.unhealthyUntold).toBe(32_000);
    expect(sick('15', 3000).facts(33_000, { health: 'unhealthy' }).names.slice(2)).toEqual(['unhealthy']);
    expect(sick('15', 32_000).names.slice(2)).toEqual(['unhealthy']);
    expect(sick('1', 3000).names.slice(2)).toEqual(['unhealthy']);
  });

  it('died when the kill was meant for the run before', () => {
    const play = running().event('kill', 2000).event('die', 2100, { exitCode: 137 }).event('stop', 2110);
    play.event('start', 3000, {}, someFacts({ startedAt: 3000 })).event('die', 4000, { exitCode: 1 });
    expect(play.names).toEqual(['created', 'started', 'stopped', 'restarted', 'died']);
  });

  it('that runs out of memory says so, and died', () => {
    const play = running().event('oom', 2000).event('die', 2001, { exitCode: 137 });
    expect(play.names.slice(2)).toEqual(['oom', 'died']);
    expect(play.last).toMatchObject({ oomKilled: true, exitCode: 137 });
  });

  it('that runs out of memory says so once, though the engine tells it twice', () => {
    const once = running()
      .event('oom', 2000)
      .event('oom', 2001)
      .event('die', 2002, { exitCode: 137 })
      .event('oom', 2500);
    expect(once.names.slice(2)).toEqual(['oom', 'died']);
  });

  it('that runs out of memory later, or in its next run, says so again', () => {
    const again = running().event('oom', 2000).event('oom', 3000).event('die', 3001, { exitCode: 137 });
    again.event('start', 3100, {}, someFacts({ startedAt: 3100 })).event('oom', 3200);
    expect(again.names.slice(2)).toEqual(['oom', 'oom', 'died', 'restarted', 'oom']);
  });

  it('is known to have run out of memory by an inspection too, when its event comes late', () => {
    const ended = someFacts({ state: 'exited', exitCode: 137, oomKilled: true, finishedAt: 2000 });
    const play = running().event('die', 2001, { exitCode: 137 }, ended).event('oom', 2002);
    expect(play.names.slice(2)).toEqual(['died', 'oom']);
    expect(play.said[2]!.oomKilled).toBe(true);
    expect(play.last.state).toBe('exited');
  });

  it('in a restart loop counts its restarts', () => {
    const play = running();
    for (let run = 1; run <= 3; run += 1) {
      const t = 1000 + run * 1000;
      const between = someFacts({
        state: 'restarting',
        exitCode: 3,
        startedAt: t - 1000,
        finishedAt: t,
        restartCount: run,
      });
      play.event('die', t, { exitCode: 3 }, between);
      play.event('start', t + 100, {}, someFacts({ startedAt: t + 90, restartCount: run }));
    }
    expect(play.names.slice(2)).toEqual(['died', 'restarted', 'died', 'restarted', 'died', 'restarted']);
    expect(play.said.filter(({ event }) => event === 'died').map(({ state }) => state)).toEqual([
      'restarting',
      'restarting',
      'restarting',
    ]);
    expect(play.last).toMatchObject({ restarts: 3, exitCode: null, oomKilled: false });
  });

  it('that is stopped between two restarts only changes its state', () => {
    const between = someFacts({ state: 'restarting', exitCode: 3, finishedAt: 2000 });
    const play = running().event('die', 2000, { exitCode: 3 }, between);
    play.event('stop', 2500, {}, someFacts({ state: 'exited', exitCode: 3, finishedAt: 2000 }));
    expect(play.last).toMatchObject({ event: 'seen', state: 'exited' });
  });

  it('is paused and goes on', () => {
    const play = running().event('pause', 2000).event('pause', 2001).event('unpause', 3000).event('unpause', 3001);
    expect(play.names.slice(2)).toEqual(['paused', 'unpaused']);
    expect(play.said.slice(2).map(({ state }) => state)).toEqual(['paused', 'running']);
  });

  it('is renamed, once', () => {
    const play = running().event('rename', 2000, { name: 'web2' }).event('rename', 2001, { name: 'web2' });
    expect(play.names.slice(2)).toEqual(['renamed']);
    expect(play.last.name).toBe('web2');
  });

  it('tells each change of its health', () => {
    const play = running();
    for (const [t, health] of [
      [2000, 'healthy'],
      [3000, 'healthy'],
      [4000, 'unhealthy'],
      [5000, 'healthy'],
    ] as const)
      play.event('health_status', t, { health });
    expect(play.names.slice(2)).toEqual(['healthy', 'unhealthy', 'healthy']);
  });

  it('tells its first health even when the inspection at its start showed it already', () => {
    const play = new Play()
      .event('create', 900)
      .event('start', 1000, {}, someFacts({ health: 'healthy' }))
      .event('health_status', 1001, { health: 'healthy' });
    expect(play.said.map(({ health }) => health)).toEqual([null, 'starting', 'healthy']);
  });

  it('removed by force while it ran was stopped', () => {
    expect(running().event('destroy', 2000).names.slice(2)).toEqual(['stopped', 'removed']);
  });

  it('says nothing more once removed', () => {
    const play = running().event('destroy', 2000).event('start', 3000).event('die', 4000).facts(5000);
    expect(play.last.event).toBe('removed');
  });
});

describe('events that come twice', () => {
  it('are told once', () => {
    const play = running().event('start', 1000, {}, someFacts()).event('create', 900);
    play.event('die', 2000, { exitCode: 1 }).event('die', 2000, { exitCode: 1 });
    play.event('destroy', 3000).event('destroy', 3000);
    expect(play.names).toEqual(['created', 'started', 'died', 'removed']);
  });

  it('are not told again by the next process', () => {
    const before = running().event('health_status', 1500, { health: 'healthy' }).event('oom', 1600).last;
    const play = new Play(before)
      .event('start', 1000, {}, someFacts())
      .event('health_status', 1500, { health: 'healthy' })
      .event('oom', 1600);
    expect(play.names).toEqual([]);
    expect(play.event('oom', 1700).names).toEqual(['oom']);
  });

  it('do not end the run after theirs', () => {
    const play = running()
      .event('die', 2000, { exitCode: 1 })
      .event('start', 3000, {}, someFacts({ startedAt: 2990 }));
    expect(play.event('die', 2000, { exitCode: 1 }).event('pause', 1500).names.slice(2)).toEqual(['died', 'restarted']);
  });
});

describe('events that never came', () => {
  it('an exit is told by an inspection, and its late event says nothing new', () => {
    const play = running().facts(5000, { state: 'exited', exitCode: 1, finishedAt: 4000 });
    expect(play.last).toMatchObject({ event: 'died', t: 4000, exitCode: 1 });
    expect(
      play.event('die', 4001, { exitCode: 1 }, someFacts({ state: 'exited', exitCode: 1, finishedAt: 4000 })).names,
    ).toHaveLength(3);
  });

  it('a start is told by an inspection, and its late event says nothing new', () => {
    const play = running().event('die', 2000, { exitCode: 0 }).facts(5000, { startedAt: 4000 });
    expect(play.last).toMatchObject({ event: 'restarted', startedAt: 4000, restarts: 1 });
    expect(play.event('start', 4010, {}, someFacts({ startedAt: 4000 })).names).toHaveLength(4);
  });

  it('an exit between two runs is told once: by itself when the engine restarted it', () => {
    const play = running().facts(9000, { startedAt: 8000, restartCount: 1 });
    expect(play.names.slice(2)).toEqual(['died', 'restarted']);
    expect(play.said[2]).toMatchObject({ exitCode: null, t: 8000 });
    expect(
      play.event('die', 7000, { exitCode: 1 }).event('start', 8010, {}, someFacts({ startedAt: 8000 })).names,
    ).toHaveLength(4);
  });

  it('an exit between two runs was asked for when somebody started it anew', () => {
    expect(running().facts(9000, { startedAt: 8000 }).names.slice(2)).toEqual(['stopped', 'restarted']);
  });

  it('an exit is told when the next start comes without it', () => {
    const play = running().event('start', 60_000, {}, someFacts({ startedAt: 59_990 }));
    expect(play.names.slice(2)).toEqual(['stopped', 'restarted']);
  });

  it('a whole run is told when only its end came', () => {
    const play = running().event('die', 2000, { exitCode: 0 });
    play.event(
      'die',
      6000,
      { exitCode: 1 },
      someFacts({ state: 'exited', startedAt: 5000, finishedAt: 6000, exitCode: 1 }),
    );
    expect(play.names.slice(2)).toEqual(['stopped', 'restarted', 'died']);
  });

  it('a whole run is told when an inspection shows its end', () => {
    const play = running()
      .event('die', 2000, { exitCode: 0 })
      .facts(9000, { state: 'exited', startedAt: 5000, finishedAt: 6000, exitCode: 137 });
    expect(play.names.slice(2)).toEqual(['stopped', 'restarted', 'died']);
    expect(play.last.t).toBe(6000);
  });

  it('pauses, health and names are told by an inspection', () => {
    const play = running().facts(5000, { state: 'paused', health: 'unhealthy', name: 'web2' });
    expect(play.names.slice(2)).toEqual(['renamed', 'paused', 'unhealthy']);
    expect(play.facts(6000, { health: 'unhealthy', name: 'web2' }).names.slice(5)).toEqual(['unpaused']);
    expect(play.facts(7000, { health: 'unhealthy', name: 'web2' }).names).toHaveLength(6);
  });

  it('nothing is told of one that is being removed, until it is', () => {
    const play = running().event('kill', 1900).event('die', 2000, { exitCode: 137 });
    expect(play.facts(3000, { state: 'removing', finishedAt: 2000, exitCode: 137 }).names).toHaveLength(3);
    expect(play.event('destroy', 3100).names.slice(2)).toEqual(['stopped', 'removed']);
  });

  it('a removal is told when the engine knows it no more', () => {
    const play = running();
    expect(play.life.onGone(9000).map(({ event }) => event)).toEqual(['stopped', 'removed']);
  });
});

describe('a container that nothing was known of', () => {
  it('is seen, as it stands', () => {
    const play = new Play().facts(5000, { state: 'exited', exitCode: 137, restartCount: 4, finishedAt: 3000 });
    expect(play.said).toEqual([
      expect.objectContaining({ event: 'seen', t: 5000, state: 'exited', exitCode: 137, restarts: 4, startedAt: 1000 }),
    ]);
    expect(play.event('start', 6000, {}, someFacts({ startedAt: 5990 })).last).toMatchObject({
      event: 'restarted',
      restarts: 5,
    });
  });

  it('that has never run is started, not restarted', () => {
    const play = new Play().facts(5000, { state: 'created', startedAt: null });
    expect(play.event('start', 6000, {}, someFacts({ startedAt: 5990 })).last).toMatchObject({
      event: 'started',
      restarts: 0,
    });
  });

  it('and has gone already, is described by its events', () => {
    const attributes = { name: 'job', image: 'tool:2', exitCode: '0', team: 'x' };
    const play = new Play().event('die', 1000, { name: 'job', image: 'tool:2', exitCode: 0, attributes });
    expect(play.said).toEqual([
      expect.objectContaining({ event: 'stopped', name: 'job', image: 'tool:2', labels: { team: 'x' } }),
    ]);
  });

  it('is stopped when it was asked to before anything else was known', () => {
    expect(new Play().event('kill', 900).event('die', 1000, { exitCode: 137 }).names).toEqual(['stopped']);
  });
});

describe('an inspection that shows more than the event', () => {
  it('a start is of its own run, though the next has begun', () => {
    const later = someFacts({ startedAt: 5000 });
    const play = new Play().event('create', 900).event('start', 1000, {}, later);
    expect(play.last).toMatchObject({ event: 'started', startedAt: 1000 });
    play.event('die', 2000, { exitCode: 1 }, later).event('start', 5010, {}, later);
    expect(play.names).toEqual(['created', 'started', 'died', 'restarted']);
    expect(play.last.startedAt).toBe(5000);
  });

  it('does not rename before the event of it', () => {
    const play = new Play()
      .event('create', 900)
      .event('start', 1000, {}, someFacts({ name: 'later' }))
      .event('rename', 1500, { name: 'later' });
    expect(play.said.map(({ name }) => name)).toEqual(['web', 'web', 'later']);
  });
});

it('goes on from what another writer has stored', () => {
  const play = running();
  const stored = { ...play.last, t: 5000, event: 'died' as const, state: 'exited' as const, exitCode: 1 };
  play.life.adopt(stored);
  expect(play.event('die', 4000, { exitCode: 1 }).names).toHaveLength(2);
  expect(play.facts(7000, { startedAt: 6000 }).last).toMatchObject({ event: 'restarted' });
});

it('messages of a container never go back in time, unless the clock was set', () => {
  const play = running().facts(5000, { health: 'healthy' });
  expect(play.event('health_status', 4000, { health: 'unhealthy' }).last.t).toBe(5000);
  const set = new Play({ ...play.last, t: 86_400_000 * 60 }, 0);
  expect(set.event('health_status', 9000, { health: 'healthy' }).last.t).toBe(9000);
});
