import type { Bus } from '@deckwatch/bus';
import { ALERTS_RPC, KEEP_ENDED_MS, subjects, type AlertRuleDraft } from '@deckwatch/contracts';
import {
  AN_ID,
  aStatsRow,
  aStatsSweep,
  containerIdOf,
  describeWith,
  eventually,
  startNats,
  testBus,
  type NatsServer,
} from '@deckwatch/testing';
import { clockAhead, Outside, startAlerts, type RunningAlerts } from './support.ts';

const busy = (over: Partial<AlertRuleDraft> = {}): AlertRuleDraft => ({
  id: 'busy',
  name: 'Busy',
  target: 'container',
  condition: { metric: 'cpu', op: '>', value: 80, clear: 70 },
  ...over,
});

jest.setTimeout(60_000);

describeWith('nats')('alerts on the bus', () => {
  let nats: NatsServer;
  let bus: Bus;
  let outside: Outside;
  let alerts: RunningAlerts;
  const others: RunningAlerts[] = [];

  beforeEach(async () => {
    nats = await startNats();
    bus = await testBus(nats);
    outside = new Outside(bus);
    alerts = await startAlerts(nats);
    await eventually(() => alerts.supervisor.leading);
  });

  afterEach(async () => {
    for (const other of [...others.splice(0), alerts]) await other.stop();
    await bus.close();
    await nats.stop();
  });

  it('fires with the first sample and resolves below the recovery level', async () => {
    await outside.container();
    await outside.save(busy());
    await eventually(() => alerts.supervisor.evaluator.thresholds.index.size === 1);
    const t = Date.now();
    outside.cpu(95, t);
    outside.cpu(75, t + 1000);
    outside.cpu(60, t + 2000);
    await eventually(() => expect(outside.states('busy')).toEqual(['firing', 'resolved']));
    expect(outside.heard[0]).toMatchObject({
      id: 'busy-alpha-0123456789ab-1',
      seq: 1,
      t,
      value: 95,
      threshold: 80,
      firedAt: t,
    });
    expect(outside.heard[1]).toMatchObject({
      id: 'busy-alpha-0123456789ab-1',
      seq: 2,
      t: t + 2000,
      firedAt: t,
      resolvedAt: t + 2000,
    });
  });

  it('keeps the timer of a pending alert over a crash', async () => {
    await outside.container();
    await outside.save(busy({ forMs: 3000 }));
    await eventually(() => alerts.supervisor.evaluator.thresholds.index.size === 1);
    const t = Date.now();
    outside.cpu(95, t);
    await eventually(() => expect(outside.states('busy')).toEqual(['pending']));
    await alerts.crash();
    alerts = await startAlerts(nats);
    await eventually(() => alerts.supervisor.leading, { timeoutMs: 10_000 });
    outside.cpu(95, t + 3000);
    await eventually(() => expect(outside.states('busy')).toEqual(['pending', 'firing']));
    expect(outside.heard[1]).toMatchObject({ since: t, firedAt: t + 3000, seq: 2 });
  });

  it('has a second instance stand by and take over in under ten seconds', async () => {
    await outside.container();
    await outside.save(busy());
    others.push(await startAlerts(nats));
    const [second] = others;
    await eventually(() => expect(second!.parts.snapshot()).toMatchObject({ evaluator: null }));
    outside.cpu(95);
    await eventually(() => expect(outside.states('busy')).toEqual(['firing']));
    const start = Date.now();
    await alerts.crash();
    await eventually(() => second!.supervisor.leading, { timeoutMs: 10_000 });
    expect(Date.now() - start).toBeLessThan(10_000);
    outside.cpu(95);
    outside.cpu(10, Date.now() + 1000);
    await eventually(() => expect(outside.states('busy')).toEqual(['firing', 'resolved']));
    alerts = others.pop()!;
  });

  it('announces an event that came while nobody evaluated', async () => {
    await outside.container();
    await bus.call('alerts', ALERTS_RPC, 'rules', {});
    await alerts.stop();
    await outside.container({ state: 'exited', event: 'died', exitCode: 137 });
    alerts = await startAlerts(nats);
    await eventually(() => expect(outside.states('container-died')).toEqual(['firing']));
    expect(outside.heard[0]).toMatchObject({ reason: 'exit code 137', message: 'web died (exit code 137)' });
  });

  it('hears what happens in a stream that was made anew', async () => {
    for (let count = 0; count < 20; count += 1) await outside.container({ event: 'seen' });
    await eventually(() => expect(alerts.supervisor.evaluator.thresholds.index.size).toBe(1));
    await bus.jsm.streams.delete('CONTAINERS');
    await bus.ensureStreams();
    await eventually(() => expect(alerts.supervisor.evaluator.thresholds.index.size).toBe(0), { timeoutMs: 30_000 });
    await outside.container({ state: 'exited', event: 'died', exitCode: 1 });
    await eventually(() => expect(outside.states('container-died')).toEqual(['firing']), { timeoutMs: 30_000 });
  });

  it('tells again of an alert that lives when its stream was deleted, and goes on from there', async () => {
    await outside.container();
    await outside.save(busy());
    await eventually(() => alerts.supervisor.evaluator.thresholds.index.size === 1);
    outside.cpu(95);
    await eventually(() => expect(outside.states('busy')).toEqual(['firing']));
    await bus.jsm.streams.delete('ALERTS');
    await eventually(() => expect(outside.states('busy')).toEqual(['firing', 'firing']), { timeoutMs: 40_000 });
    expect(outside.heard[1]).toEqual(outside.heard[0]);
    outside.cpu(10, Date.now() + 1000);
    await eventually(() => expect(outside.states('busy')).toEqual(['firing', 'firing', 'resolved']));
    expect(outside.heard[2]).toMatchObject({ id: outside.heard[0]!.id, seq: 2 });
  });

  it('goes on after the broker was killed', async () => {
    await outside.container();
    await outside.save(busy());
    await eventually(() => alerts.supervisor.evaluator.thresholds.index.size === 1);
    outside.cpu(95);
    await eventually(() => expect(outside.states('busy')).toEqual(['firing']));
    await nats.kill();
    await nats.restart();
    await eventually(() => bus.connected && alerts.bus.connected);
    const start = Date.now();
    await eventually(() => {
      outside.cpu(10, start + 5000);
      expect(outside.states('busy')).toEqual(['firing', 'resolved']);
    });
    await eventually(async () => expect((await bus.call('alerts', ALERTS_RPC, 'active', {})).items).toEqual([]));
  });

  it('stores what it found while the broker was away, with the time of the sample', async () => {
    await outside.container();
    await outside.save(busy());
    await eventually(() => alerts.supervisor.evaluator.thresholds.index.size === 1);
    await nats.kill();
    const t = Date.now();
    const sweep = (cpu: number, at: number) =>
      alerts.supervisor.evaluator.sweep(aStatsSweep({ t: at, rows: [aStatsRow(AN_ID, { cpu })] as never }));
    sweep(95, t);
    sweep(10, t + 1000);
    sweep(95, t + 2000);
    expect(alerts.supervisor.waiting).toBe(3);
    await nats.restart();
    await eventually(() => expect(outside.heard.map((message) => message.t)).toEqual([t, t + 1000, t + 2000]), {
      timeoutMs: 15_000,
    });
    expect(outside.heard.map(({ id, seq }) => `${id.slice(-1)}.${seq}`)).toEqual(['1.1', '1.2', '2.1']);
  });

  it('takes an alert as another instance left it', async () => {
    await outside.container();
    await outside.save(busy());
    await eventually(() => alerts.supervisor.evaluator.thresholds.index.size === 1);
    const t = Date.now();
    outside.cpu(95, t);
    await eventually(() => expect(outside.states('busy')).toEqual(['firing']));
    const resolved = { ...outside.heard[0]!, seq: 2, state: 'resolved', resolvedAt: t + 1, t: t + 1 };
    await bus.js.publish(subjects.alert('busy', 'alpha.0123456789ab'), JSON.stringify(resolved));
    await eventually(async () => expect((await bus.call('alerts', ALERTS_RPC, 'active', {})).items).toEqual([]));
    outside.cpu(95, t + 2000);
    await eventually(() =>
      expect(outside.heard.map(({ id, seq }) => `${id.slice(-1)}.${seq}`)).toEqual(['1.1', '1.2', '2.1']),
    );
  });

  it('keeps a firing alert for good, a resolved one for seven days, and the count of both beyond that', async () => {
    const other = containerIdOf(7);
    await outside.container();
    await outside.container({ id: other });
    await outside.save(busy());
    await eventually(() => alerts.supervisor.evaluator.thresholds.index.size === 2);
    const t = Date.now();
    outside.cpu(95, t);
    outside.cpu(95, t, other);
    outside.cpu(10, t + 1000, other);
    await eventually(() => expect(outside.heard).toHaveLength(3));
    const kept = async () =>
      Object.keys((await bus.jsm.streams.info('ALERTS', { subjects_filter: '>' })).state.subjects ?? {}).sort();
    const [firing, ended] = ['alpha.0123456789ab', `alpha.${other}`].map((key) => subjects.alert('busy', key));
    for (const [aheadMs, subjectsKept] of [
      [KEEP_ENDED_MS - 60_000, [firing, ended].sort()],
      [60 * 86_400_000, [firing]],
    ] as const) {
      await alerts.stop();
      alerts = await startAlerts(nats, { clock: clockAhead(aheadMs) });
      await eventually(() => alerts.supervisor.leading);
      await eventually(async () => expect(await kept()).toEqual(subjectsKept));
    }
    await eventually(() => alerts.supervisor.evaluator.thresholds.index.size === 2);
    outside.cpu(95, t + 60 * 86_400_000, other);
    await eventually(() =>
      expect(outside.heard.at(-1)).toMatchObject({ id: `busy-alpha-${other}-2`, seq: 1, state: 'firing' }),
    );
  });

  it('creates the built-in rules once, and does not bring back one that was deleted', async () => {
    const rules = async () => (await bus.call('alerts', ALERTS_RPC, 'rules', {})).items.map(({ id }) => id);
    expect(await rules()).toHaveLength(6);
    await bus.call('alerts', ALERTS_RPC, 'deleteRule', { id: 'container-died' });
    await alerts.stop();
    alerts = await startAlerts(nats);
    await eventually(() => alerts.supervisor.leading);
    expect(await rules()).toHaveLength(5);
  });

  it('refuses a rule that is not supported yet or was changed meanwhile, and says where', async () => {
    const refused = (rule: AlertRuleDraft, revision?: number) =>
      outside.save(rule, revision).catch((fault: unknown) => fault);
    const pattern = { metric: 'cpu', outside: 'pattern', tolerance: 2 } as const;
    expect(await refused(busy({ condition: pattern }))).toMatchObject({
      status: 400,
      errors: [{ path: 'condition.outside' }],
    });
    const { revision } = await outside.save(busy());
    await outside.save(busy({ name: 'Busier' }), revision);
    expect(await refused(busy(), revision)).toMatchObject({ status: 409 });
    expect(await refused(busy())).toMatchObject({ status: 409 });
  });

  it('resolves the alerts of a rule that is switched off, and of a container that is removed', async () => {
    await outside.container();
    const saved = await outside.save(busy());
    await outside.save(busy({ id: 'busier', name: 'Busier' }));
    await eventually(() => alerts.supervisor.evaluator.thresholds.index.size === 1);
    outside.cpu(95);
    await eventually(() => expect(outside.heard).toHaveLength(2));
    await outside.save(busy({ enabled: false }), saved.revision);
    await eventually(() => expect(outside.states('busy')).toEqual(['firing', 'resolved']));
    expect(outside.heard.at(-1)?.reason).toBe('the rule was switched off');
    await outside.container({ event: 'removed', state: 'removing' });
    await eventually(() => expect(outside.states('busier')).toEqual(['firing', 'resolved']));
    expect(outside.heard.at(-1)?.reason).toBe('the container was removed');
  });

  it('reads the history backwards, page by page', async () => {
    await outside.container();
    await outside.save(busy());
    await eventually(() => alerts.supervisor.evaluator.thresholds.index.size === 1);
    const start = Date.now();
    for (let step = 0; step < 20; step += 1) outside.cpu(step % 2 === 0 ? 95 : 10, start + step * 1000);
    await eventually(() => expect(outside.heard).toHaveLength(20));
    const seen: number[] = [];
    for (let cursor: string | undefined; ;) {
      const page = await bus.call('alerts', ALERTS_RPC, 'history', { limit: 7, cursor });
      seen.push(...page.items.map(({ t }) => t));
      expect(page.total).toBe(20);
      if (page.nextCursor === null) break;
      cursor = page.nextCursor;
    }
    expect(seen).toEqual(outside.heard.map(({ t }) => t).reverse());
  });

  it('finds in the history what is asked for by rule, severity, target, alert and news', async () => {
    await outside.container();
    await outside.save(busy());
    await outside.save(busy({ id: 'slow', name: 'Slow', severity: 'critical', forMs: 600_000 }));
    await eventually(() => expect(alerts.supervisor.evaluator.thresholds.index.size).toBe(1));
    outside.cpu(95);
    await eventually(() => expect(outside.heard).toHaveLength(2));
    const find = async (terms: object) => {
      const page = await bus.call('alerts', ALERTS_RPC, 'history', { limit: 50, ...terms });
      return page.items.map(({ rule, state }) => `${rule.id} ${state}`).sort();
    };
    const [all] = outside.heard.filter(({ rule }) => rule.id === 'busy');
    expect(await find({})).toEqual(['busy firing', 'slow pending']);
    expect(await find({ rule: 'slow' })).toEqual(['slow pending']);
    expect(await find({ rule: 'other' })).toEqual([]);
    expect(await find({ severity: 'critical' })).toEqual(['slow pending']);
    expect(await find({ news: 'true' })).toEqual(['busy firing']);
    expect(await find({ alert: all!.id })).toEqual(['busy firing']);
    expect(await find({ target: all!.target.name.slice(1).toUpperCase() })).toHaveLength(2);
    expect(await find({ target: 'nobody' })).toEqual([]);
  });
});
