import { containerIdOf, A_HOST, A_MOMENT, aStatsRow, aStatsSweep } from '@deckwatch/testing';
import { Scene } from '../../test/scene.ts';

const over80 = { metric: 'cpu', op: '>', value: 80, clear: 70 } as const;
const DAY_MS = 86_400_000;

describe('threshold rules', () => {
  it('fire once while the breach lasts, and resolve at the recovery level', () => {
    const scene = new Scene({ condition: over80, forMs: 3000 });
    for (let at = 0; at <= 8000; at += 1000) scene.sample({ cpu: 95 }, at);
    scene.sample({ cpu: 75 }, 9000);
    scene.sample({ cpu: 70 }, 10_000);
    expect(scene.story).toEqual(['pending@0', 'firing@3000', 'resolved@10000']);
    expect(scene.said.map(({ id, seq }) => [id, seq])).toEqual(
      [1, 2, 3].map((seq) => [`busy-alpha-0123456789ab-1`, seq]),
    );
  });

  it('tell people what stands how', () => {
    const scene = new Scene({ condition: over80, forMs: 3000 });
    scene.sample({ cpu: 95 }, 0);
    scene.sample({ cpu: 96.5 }, 3000);
    scene.sample({ cpu: 12 }, 4000);
    expect(scene.said.map(({ message }) => message)).toEqual([
      'web: CPU is 95.0 %, over 80.0 %; fires if that lasts 3 s',
      'web: CPU is 96.5 %, over 80.0 % for 3 s',
      'web: recovered, CPU is 12.0 %',
    ]);
  });

  it('count how often an alert began', () => {
    const scene = new Scene({ condition: over80 });
    for (let at = 0; at < 6000; at += 1000) scene.sample({ cpu: at % 2000 === 0 ? 95 : 10 }, at);
    expect(scene.said.map(({ id }) => id.slice(-1))).toEqual(['1', '1', '2', '2', '3', '3']);
  });

  it('neither fire nor resolve by samples that are missing, late, repeated or unknown', () => {
    const scene = new Scene({ condition: over80, forMs: 5000 });
    scene.sample({ cpu: 95 }, 10_000);
    scene.sample({ cpu: 10 }, 9000);
    scene.sample({ cpu: 10 }, 10_000);
    scene.sample({ cpu: null }, 11_000);
    expect(scene.story).toEqual(['pending@10000']);
    scene.sample({ cpu: 95 }, 400_000);
    expect(scene.story).toEqual(['pending@10000', 'firing@400000']);
  });

  it('go on after a clock was set back', () => {
    const scene = new Scene({ condition: over80 });
    scene.sample({ cpu: 95 }, 7_200_000);
    scene.sample({ cpu: 10 }, 3_600_000);
    expect(scene.said.map(({ state }) => state)).toEqual(['firing', 'resolved']);
  });

  it('keep firing for keepMs after recovery', () => {
    const scene = new Scene({ condition: over80, keepMs: 2000 });
    scene.sample({ cpu: 95 }, 0);
    scene.sample({ cpu: 10 }, 1000);
    scene.sample({ cpu: 95 }, 2000);
    for (let at = 3000; at <= 6000; at += 1000) scene.sample({ cpu: 10 }, at);
    expect(scene.story).toEqual(['firing@0', 'resolved@5000']);
  });

  it.each([
    ['memory in percent of the limit', { mem: 60, memLimit: 100 }, 60],
    ['of the host where there is no limit', { mem: 300, memLimit: null }, 30],
    ['of the host where the limit is larger than it', { mem: 300, memLimit: 9000 }, 30],
  ])('take %s', (_name, sample, percent) => {
    const scene = new Scene({ condition: { metric: 'memPercent', op: '>', value: 1 } });
    scene.host({ memTotal: 1000 });
    scene.sample(sample);
    expect(scene.last.value).toBe(percent);
  });

  it('do not guess memory in percent before the host is known', () => {
    const scene = new Scene({ condition: { metric: 'memPercent', op: '>', value: 1 } });
    scene.sample({ mem: 300, memLimit: null });
    expect(scene.story).toEqual([]);
  });

  it('watch hosts', () => {
    const scene = new Scene({ target: 'host', condition: { metric: 'cpuPercent', op: '>=', value: 90 } });
    scene.host({ cpuPercent: 91 }, 0);
    expect(scene.last.target).toEqual({ kind: 'host', key: A_HOST, name: A_HOST, host: A_HOST });
    expect(scene.last.message).toBe('Host alpha: CPU is 91.0 %, at or over 90.0 %');
    scene.host({ cpuPercent: 12 }, 1000);
    expect(scene.story).toEqual(['firing@0', 'resolved@1000']);
  });

  it('count restarts, even of a container that never lives long enough for a sample', () => {
    const scene = new Scene({ condition: { metric: 'restarts', op: '>', value: 3 } });
    scene.container({ restarts: 3, event: 'restarted' });
    expect(scene.story).toEqual([]);
    scene.container({ restarts: 4, event: 'died', state: 'restarting' });
    expect(scene.last).toMatchObject({ state: 'firing', value: 4, message: 'web: number of restarts is 4, over 3' });
  });

  it('follow the inventory: a container that no longer fits, stops or is removed has its alert resolved', () => {
    const scene = new Scene({ condition: over80, select: { name: 'web*', labels: { tier: 'front' } } });
    const front = { labels: { tier: 'front' } };
    const fire = (at: number) => scene.sample({ cpu: 95 }, at);
    fire(0);
    expect(scene.story).toEqual([]);
    scene.container(front);
    fire(1000);
    scene.container({ ...front, name: 'db', event: 'renamed' });
    expect(scene.last.reason).toBe('no longer selected by the rule');
    scene.container({ ...front, name: 'web-2', event: 'renamed' });
    fire(2000);
    scene.container({ ...front, state: 'exited', event: 'stopped' });
    expect(scene.last.reason).toBe('the container is not running');
    scene.container({ ...front, event: 'started' });
    fire(3000);
    scene.container({ ...front, event: 'removed', state: 'dead' });
    expect(scene.last.reason).toBe('the container was removed');
    expect(scene.said.map(({ state }) => state)).toEqual([
      'firing',
      'resolved',
      'firing',
      'resolved',
      'firing',
      'resolved',
    ]);
  });

  it('resolve with a reason when the rule is changed, switched off or deleted', () => {
    const scene = new Scene({ condition: over80 });
    scene.sample({ cpu: 95 }, 0);
    scene.rule({ condition: over80, name: 'Renamed' });
    expect(scene.story).toEqual(['firing@0']);
    scene.rule({ condition: { ...over80, value: 90 } });
    expect(scene.last.reason).toBe('the rule was changed');
    scene.sample({ cpu: 95 }, 1000);
    scene.rule({ condition: { ...over80, value: 90 }, enabled: false });
    expect(scene.last.reason).toBe('the rule was switched off');
    scene.rule({ condition: over80 });
    scene.sample({ cpu: 95 }, 2000);
    scene.evaluator.dropRule('busy');
    expect(scene.last).toMatchObject({ state: 'resolved', reason: 'the rule was deleted' });
  });
});

describe('missing samples', () => {
  const rule = { condition: over80, noData: 'alert' } as const;

  it('become nodata after ten seconds while the container is said to run, and resolve when they come back', async () => {
    const scene = new Scene(rule);
    scene.sample({ cpu: 10 });
    await scene.clock.advance(9999);
    expect(scene.story).toEqual([]);
    await scene.clock.advance(1);
    expect(scene.last).toMatchObject({ state: 'nodata', firedAt: null, message: 'web: no samples for 10 s' });
    await scene.clock.advance(60_000);
    expect(scene.said).toHaveLength(1);
    scene.sample({ cpu: 10 });
    expect(scene.last).toMatchObject({ state: 'resolved', reason: 'samples are back' });
  });

  it('are not missed of a container that stopped, nor by rules that ignore them', async () => {
    const scene = new Scene(rule, { id: 'ignoring', condition: over80 });
    scene.container({ state: 'exited', event: 'stopped' });
    await scene.clock.advance(3_600_000);
    expect(scene.story).toEqual([]);
  });

  it('are not missed of a container that has only just started, however long it rested', async () => {
    const scene = new Scene({ condition: over80, noData: 'alert' });
    scene.sample({ cpu: 5 });
    scene.container({ event: 'stopped', state: 'exited' });
    await scene.clock.advance(3_600_000);
    scene.container({ event: 'restarted' });
    await scene.clock.advance(9999);
    expect(scene.story).toEqual([]);
    await scene.clock.advance(1);
    expect(scene.said.map(({ state }) => state)).toEqual(['nodata']);
  });

  it('are not missed while the broker is away', async () => {
    const scene = new Scene(rule);
    scene.sample({ cpu: 10 });
    scene.evaluator.setHearing(false);
    await scene.clock.advance(60_000);
    scene.evaluator.setHearing(true);
    await scene.clock.advance(9999);
    expect(scene.story).toEqual([]);
    await scene.clock.advance(1);
    expect(scene.story).toEqual(['nodata@70000']);
  });

  it('leave a firing alert firing', async () => {
    const scene = new Scene(rule);
    scene.sample({ cpu: 95 });
    await scene.clock.advance(3_600_000);
    expect(scene.story).toEqual(['firing@0']);
  });

  it('leave no timer behind when the evaluator ends', () => {
    const scene = new Scene(rule, { id: 'events', condition: { event: ['died'], count: 1, withinMs: 1000 } });
    scene.container({ state: 'exited', event: 'died' });
    scene.evaluator.deactivate();
    expect(scene.clock.pending).toBe(0);
  });
});

describe('a restart of the evaluator', () => {
  it('keeps the timer of a pending alert, and the count', () => {
    const scene = new Scene({ condition: over80, forMs: 5000 });
    scene.sample({ cpu: 95 }, 0);
    scene.restart();
    scene.sample({ cpu: 95 }, 4000);
    scene.sample({ cpu: 95 }, 5000);
    expect(scene.story).toEqual(['pending@0', 'firing@5000']);
    expect(scene.last).toMatchObject({ seq: 2, since: A_MOMENT });
  });

  it('resolves what can no longer be: rule changed or gone, container gone', () => {
    const scene = new Scene(
      { condition: over80 },
      { id: 'other', condition: over80 },
      { id: 'third', condition: over80 },
    );
    scene.sample({ cpu: 95 }, 0);
    scene.rules.delete('other');
    scene.rules.set('busy', { ...scene.rules.get('busy')!, forMs: 9 });
    scene.inventory.clear();
    scene.restart();
    expect(Object.fromEntries(scene.said.slice(3).map(({ rule, reason }) => [rule.id, reason]))).toEqual({
      busy: 'the rule was changed',
      other: 'the rule was deleted',
      third: 'the container was removed',
    });
  });

  it('keeps the alert of a host that has not reported yet', () => {
    const scene = new Scene({ target: 'host', condition: { metric: 'cpuPercent', op: '>', value: 80 } });
    scene.host({ cpuPercent: 91 }, 0);
    scene.restart();
    expect(scene.story).toEqual(['firing@0']);
    scene.host({ cpuPercent: 12 }, 1000);
    expect(scene.story).toEqual(['firing@0', 'resolved@1000']);
    expect(scene.last.seq).toBe(2);
  });

  it('sixty days later a firing alert is still there, over any number of restarts', async () => {
    const scene = new Scene(
      { condition: over80 },
      { id: 'sick', condition: { event: ['unhealthy'], count: 1, withinMs: 1000 } },
    );
    scene.sample({ cpu: 95 }, 0);
    scene.container({ event: 'unhealthy', health: 'unhealthy' });
    for (let day = 0; day < 60; day += 1) {
      await scene.clock.advance(DAY_MS);
      if (day % 7 === 0) scene.restart();
    }
    expect([...scene.evaluator.desk.live()].map(({ last }) => [last.rule.id, last.state])).toEqual([
      ['busy', 'firing'],
      ['sick', 'firing'],
    ]);
    expect(scene.said).toHaveLength(2);
  });

  it('adopts what another instance wrote', () => {
    const scene = new Scene({ condition: over80 });
    scene.sample({ cpu: 95 }, 0);
    const [[subject, message]] = [...scene.stored] as [[string, (typeof scene.said)[number]]];
    scene.evaluator.adopt(subject, {
      ...message,
      state: 'resolved',
      seq: 2,
      resolvedAt: A_MOMENT + 500,
      t: A_MOMENT + 500,
    });
    scene.sample({ cpu: 95 }, 1000);
    expect(scene.last).toMatchObject({ state: 'firing', seq: 1, id: 'busy-alpha-0123456789ab-2' });
  });
});

describe('many series', () => {
  it('ask selectors when something changes, not when samples come', () => {
    const scene = new Scene();
    for (let number = 0; number < 200; number += 1) scene.container({ id: containerIdOf(number) });
    for (let number = 0; number < 50; number += 1)
      scene.rule({ id: `r${number}`, condition: { ...over80, value: 1000 } });
    const selects = [...scene.evaluator.thresholds.index.rules.values()].map((rule) => jest.spyOn(rule, 'selects'));
    const rows = Array.from({ length: 200 }, (_, number) => aStatsRow(containerIdOf(number)));
    scene.evaluator.sweep(aStatsSweep({ t: A_MOMENT + 1000, rows: rows as never }));
    expect(selects.reduce((calls, spy) => calls + spy.mock.calls.length, 0)).toBe(0);
    expect(scene.evaluator.thresholds.samples).toBe(200);
  });
});
