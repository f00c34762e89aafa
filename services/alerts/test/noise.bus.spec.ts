import type { Bus } from '@deckwatch/bus';
import { ALERTS_RPC, BUCKETS, HostRecord, subjects } from '@deckwatch/contracts';
import { aHostReport, A_HOST, describeWith, eventually, startNats, testBus, type NatsServer } from '@deckwatch/testing';
import { Outside, startAlerts, type RunningAlerts } from './support.ts';

jest.setTimeout(60_000);

describeWith('nats')('quiet alerts on the bus', () => {
  let nats: NatsServer;
  let bus: Bus;
  let outside: Outside;
  let alerts: RunningAlerts;

  beforeEach(async () => {
    nats = await startNats();
    bus = await testBus(nats);
    outside = new Outside(bus);
    alerts = await startAlerts(nats);
    await eventually(() => alerts.supervisor.leading);
    await outside.container();
    await outside.save({
      id: 'busy',
      name: 'Busy',
      target: 'container',
      condition: { metric: 'cpu', op: '>', value: 80 },
    });
    await eventually(() => alerts.supervisor.evaluator.thresholds.index.size === 1);
  });

  afterEach(async () => {
    await alerts.stop();
    await bus.close();
    await nats.stop();
  });

  const ID = 'busy-alpha-0123456789ab-1';
  const refused = (call: Promise<unknown>) => call.catch((fault: unknown) => fault);

  it('are acknowledged once that is stored, over a restart, until they are resolved', async () => {
    const t = Date.now();
    outside.cpu(95, t);
    await eventually(() => expect(outside.states('busy')).toEqual(['firing']));
    const acked = await bus.call('alerts', ALERTS_RPC, 'ack', { id: ID, by: 'ada', note: 'on it' });
    expect(acked).toMatchObject({ seq: 2, change: 'ack', state: 'firing', ack: { by: 'ada', note: 'on it' } });
    const kept = await bus.jsm.streams.getMessage('ALERTS', { last_by_subj: subjects.alert('busy', acked.target.key) });
    expect(kept!.json()).toEqual(acked);
    await alerts.stop();
    alerts = await startAlerts(nats);
    await eventually(() => alerts.supervisor.leading);
    await bus.call('alerts', ALERTS_RPC, 'unack', { id: ID, by: 'bob' });
    outside.cpu(10, t + 5000);
    await eventually(() => expect(outside.heard.map(({ change }) => change)).toEqual(['state', 'ack', 'ack', 'state']));
    expect(await refused(bus.call('alerts', ALERTS_RPC, 'ack', { id: ID, by: 'ada', note: '' }))).toMatchObject({
      status: 404,
    });
  });

  it('are silenced and heard again, and a silence that was changed meanwhile is not overwritten', async () => {
    outside.cpu(95);
    await eventually(() => expect(outside.states('busy')).toEqual(['firing']));
    const silence = { matchers: { rule: 'Bus*' }, endsAt: Date.now() + 60_000, comment: 'moving' };
    const saved = await bus.call('alerts', ALERTS_RPC, 'saveSilence', { silence, by: 'ada' });
    expect(saved).toMatchObject({ state: 'active', createdBy: 'ada', provisioned: false, timeZone: 'UTC' });
    await eventually(() => expect(outside.heard.at(-1)).toMatchObject({ change: 'silence', silencedBy: [saved.id] }));
    const again = { silence: { ...silence, comment: 'still moving' }, by: 'bob', id: saved.id };
    await bus.call('alerts', ALERTS_RPC, 'saveSilence', { ...again, revision: saved.revision });
    expect(
      await refused(bus.call('alerts', ALERTS_RPC, 'saveSilence', { ...again, revision: saved.revision })),
    ).toMatchObject({ status: 409 });
    await bus.call('alerts', ALERTS_RPC, 'deleteSilence', { id: saved.id });
    await eventually(() => expect(outside.heard.at(-1)).toMatchObject({ change: 'silence', silencedBy: [] }));
    expect(await refused(bus.call('alerts', ALERTS_RPC, 'silence', { id: saved.id }))).toMatchObject({ status: 404 });
  });

  it.each([
    [{ matchers: {}, endsAt: 9e12 }, 'silence.matchers'],
    [{ matchers: { rule: '*' }, endsAt: 1000 }, 'endsAt'],
    [{ matchers: { rule: '*' }, startsAt: '2026-02-30T10:00', endsAt: 9e12 }, 'startsAt'],
    [{ matchers: { rule: '*' }, endsAt: 9e12, timeZone: 'Europe/Nowhere' }, 'timeZone'],
  ])('need a silence that makes sense: %j', async (silence, path) => {
    expect(
      await refused(bus.call('alerts', ALERTS_RPC, 'saveSilence', { silence: silence as never, by: 'ada' })),
    ).toMatchObject({
      status: 400,
      errors: [{ path }],
    });
  });

  it('are held back when their host was gone before anybody looked', async () => {
    await alerts.stop();
    const hosts = { engineId: 'e', machine: 'm', t: Date.now(), report: aHostReport() };
    await (await bus.bucket(BUCKETS.hosts, HostRecord)).put(A_HOST, hosts);
    alerts = await startAlerts(nats);
    await eventually(() => alerts.supervisor.leading);
    await outside.save({
      id: 'quiet',
      name: 'Quiet',
      target: 'container',
      noData: 'alert',
      condition: { metric: 'cpu', op: '>', value: 900 },
    });
    await outside.save({
      id: 'gone',
      name: 'Gone',
      target: 'host',
      noData: 'alert',
      condition: { metric: 'cpu', op: '>', value: 9e9 },
    });
    await eventually(() => expect(outside.states('quiet')).toEqual(['nodata']), { timeoutMs: 20_000 });
    expect(outside.heard.map(({ rule, inhibitedBy }) => [rule.id, inhibitedBy])).toEqual([
      ['gone', null],
      ['quiet', 'gone-alpha-1'],
    ]);
  });
});
