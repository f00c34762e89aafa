import { A_MOMENT } from '@deckwatch/testing';
import { Scene } from '../../test/scene.ts';

const died = { state: 'exited', event: 'died', exitCode: 1 } as const;
const sick = { event: 'unhealthy', health: 'unhealthy' } as const;
const well = { event: 'healthy', health: 'healthy' } as const;

const rule = (event: ('died' | 'unhealthy' | 'oom' | 'restarted')[], count = 1, withinMs = 60_000) => ({
  condition: { event, count, withinMs },
});

describe('event rules', () => {
  it('do not count an end that was asked for though it took long, nor the start after it', () => {
    const scene = new Scene(rule(['died', 'restarted']));
    scene.container({ ...died, exitCode: 143, asked: true });
    scene.container({ event: 'restarted', asked: true });
    expect(scene.story).toEqual([]);
    scene.container({ ...died, exitCode: 1 });
    expect(scene.story).toEqual(['firing@0']);
  });

  it('count running out of memory and dying of it as one, in either order', () => {
    const scene = new Scene(rule(['died', 'oom'], 2));
    const run = (startedAt: number, first: 'oom' | 'died', then: 'oom' | 'died') => {
      for (const event of [first, then])
        scene.container({ ...died, exitCode: 137, oomKilled: true, event, startedAt: A_MOMENT + startedAt });
    };
    run(0, 'oom', 'died');
    expect(scene.story).toEqual([]);
    run(1, 'died', 'oom');
    expect(scene.story).toEqual(['firing@0']);
    expect(scene.last.value).toBe(2);
  });

  it('count each time that a container runs out of memory and lives on, and each death', () => {
    const twice = new Scene(rule(['oom'], 2));
    for (const event of ['oom', 'oom'] as const) twice.container({ event, oomKilled: true });
    expect(twice.story).toEqual(['firing@0']);
    const crashes = new Scene(rule(['died', 'oom'], 2));
    for (const startedAt of [1, 2]) crashes.container({ ...died, oomKilled: false, startedAt });
    expect(crashes.story).toEqual(['firing@0']);
  });

  it('fire at the event and resolve when it has not come again for withinMs', async () => {
    const scene = new Scene(rule(['died']));
    scene.container(died);
    await scene.clock.advance(50_000);
    scene.container(died);
    await scene.clock.advance(59_999);
    expect(scene.story).toEqual(['firing@0']);
    await scene.clock.advance(1);
    expect(scene.story).toEqual(['firing@0', 'resolved@110000']);
    expect(scene.said[0]).toMatchObject({
      metric: null,
      value: 1,
      threshold: 1,
      reason: 'exit code 1',
      message: 'web died (exit code 1)',
    });
  });

  it('live on after the container was removed', async () => {
    const scene = new Scene(rule(['died']));
    scene.container(died);
    scene.container({ event: 'removed', state: 'dead' });
    expect(scene.story).toEqual(['firing@0']);
    await scene.clock.advance(60_000);
    expect(scene.story).toEqual(['firing@0', 'resolved@60000']);
  });

  it('count: fire at the third within the time, not at three over a longer one', async () => {
    const scene = new Scene(rule(['restarted'], 3, 10_000));
    for (const at of [0, 6000, 12_000]) scene.container({ event: 'restarted' }, at);
    expect(scene.story).toEqual([]);
    scene.container({ event: 'restarted' }, 14_000);
    expect(scene.story).toEqual(['firing@14000']);
    await scene.clock.advance(24_000);
    expect(scene.story).toEqual(['firing@14000', 'resolved@24000']);
    expect(scene.said[0]!.message).toBe('web was started again 3 times within 10 s');
  });

  it('on unhealthy resolve at healthy and not before', async () => {
    const scene = new Scene(rule(['unhealthy'], 1, 1000));
    scene.container(sick);
    await scene.clock.advance(3_600_000);
    expect(scene.story).toEqual(['firing@0']);
    scene.container(well);
    expect(scene.story).toEqual(['firing@0', 'resolved@3600000']);
    expect(scene.last.reason).toBe('healthy again');
  });

  it('on unhealthy resolve when the container stops or is removed', () => {
    const scene = new Scene(rule(['unhealthy']));
    scene.container(sick);
    scene.container({ event: 'stopped', state: 'exited' });
    scene.container({ event: 'started', health: 'starting' }, 1000);
    scene.container(sick, 2000);
    scene.container({ event: 'removed', health: 'unhealthy' }, 3000);
    expect(scene.said.map(({ state }) => state)).toEqual(['firing', 'resolved', 'firing', 'resolved']);
    expect(scene.last.reason).toBe('the container is not running');
  });

  it('fire for a container that is unhealthy already when the rule comes or the collector sees it first', () => {
    const scene = new Scene();
    scene.container(sick);
    scene.rule({ id: 'late', ...rule(['unhealthy']) });
    expect(scene.last).toMatchObject({ rule: { id: 'late' }, state: 'firing' });
    const other = new Scene(rule(['unhealthy']));
    other.container({ event: 'seen', health: 'unhealthy' });
    expect(other.story).toEqual(['firing@0']);
  });

  it('wait forMs, and never fire for what passed before', async () => {
    const scene = new Scene({ ...rule(['unhealthy']), forMs: 5000 });
    scene.container(sick);
    await scene.clock.advance(4000);
    scene.container(well);
    await scene.clock.advance(1000);
    scene.container(sick);
    await scene.clock.advance(5000);
    expect(scene.story).toEqual(['pending@0', 'resolved@4000', 'pending@5000', 'firing@10000']);
  });

  it('leave out containers that are not selected', () => {
    const scene = new Scene({ ...rule(['died']), select: { project: 'shop' } });
    scene.container(died);
    expect(scene.story).toEqual([]);
    scene.container({ ...died, project: 'shop' });
    expect(scene.story).toEqual(['firing@0']);
  });

  it('forget what can no longer count', async () => {
    const scene = new Scene(rule(['died'], 5));
    for (let number = 0; number < 100; number += 1) scene.container({ ...died, id: String(number).padStart(12, '0') });
    expect(scene.evaluator.events.size).toBe(100);
    await scene.clock.advance(60_000);
    expect(scene.evaluator.events.size).toBe(0);
    expect(scene.clock.pending).toBe(0);
  });
});

describe('event rules after a restart', () => {
  it('say nothing twice and go on counting from the log', async () => {
    const scene = new Scene(rule(['died'], 2));
    scene.container(died, 0);
    scene.container(died, 1000);
    scene.restart();
    scene.container(died, 0, 'old');
    scene.container(died, 1000, 'again');
    scene.container(died, 2000, 'again');
    expect(scene.story).toEqual(['firing@1000']);
    await scene.clock.advance(62_000);
    expect(scene.story).toEqual(['firing@1000', 'resolved@62000']);
  });

  it('do not fire again for an event whose alert is over', async () => {
    const scene = new Scene(rule(['died']));
    scene.container(died, 0);
    await scene.clock.advance(60_000);
    scene.restart();
    scene.container(died, 0, 'again');
    expect(scene.story).toEqual(['firing@0', 'resolved@60000']);
  });

  it('tell what came while nobody evaluated, even if it is over', async () => {
    const scene = new Scene(rule(['died']));
    scene.clock.jump(3_600_000);
    scene.evaluator.deactivate();
    scene.evaluator.activate(scene.stored);
    scene.container(died, 1000, 'again');
    scene.evaluator.caughtUp();
    await scene.clock.advance(1);
    expect(scene.story).toEqual(['firing@1000', 'resolved@61000']);
  });

  it('notice a recovery that was missed', () => {
    const scene = new Scene(rule(['unhealthy']));
    scene.container(sick);
    scene.inventory.set('0123456789ab', {
      ...scene.inventory.get('0123456789ab')!,
      health: 'healthy',
      t: A_MOMENT + 5,
    });
    scene.restart();
    expect(scene.said.map(({ state }) => state)).toEqual(['firing', 'resolved']);
  });

  it('end nothing by time while events may still be waiting', async () => {
    const scene = new Scene(rule(['died']));
    scene.container(died);
    scene.evaluator.setHearing(false);
    await scene.clock.advance(70_000);
    scene.evaluator.setHearing(true);
    scene.container(died, 50_000);
    scene.evaluator.caughtUp();
    await scene.clock.advance(39_999);
    expect(scene.story).toEqual(['firing@0']);
    await scene.clock.advance(1);
    expect(scene.story).toEqual(['firing@0', 'resolved@110000']);
  });
});
