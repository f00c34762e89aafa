import type { Bus } from '@deckwatch/bus';
import { ALERTS_RPC, SESSIONS_RPC, subjects, type SessionCount } from '@deckwatch/contracts';
import {
  aSessionCount,
  aSessionEvent,
  describeWith,
  eventually,
  serviceBus,
  startNats,
  testBus,
  type NatsServer,
} from '@deckwatch/testing';
import { Outside, startAlerts, type RunningAlerts } from './support.ts';

jest.setTimeout(60_000);
const SOON = { timeoutMs: 15_000 };

/** The sessions service as the bus knows it: it counts, and its log tells. */
class Counting {
  byApp: Record<string, number> = {};
  over: Partial<SessionCount> = {};
  asked = 0;

  constructor(private readonly bus: Bus) {
    bus.serve(
      'sessions',
      { count: SESSIONS_RPC.count },
      {
        count: () => {
          this.asked += 1;
          return aSessionCount({ byApp: this.byApp, t: Date.now(), ...this.over });
        },
      },
    );
  }

  async tells(event: 'created' | 'destroyed', times: number): Promise<void> {
    const told = aSessionEvent({ event, t: Date.now() });
    for (let time = 0; time < times; time += 1)
      await this.bus.js.publish(subjects.session(told.app, event), JSON.stringify(told));
  }
}

describeWith('nats')('rules on sessions, on the bus', () => {
  let nats: NatsServer;
  let bus: Bus;
  let sessions: Bus;
  let counting: Counting;
  let outside: Outside;
  let alerts: RunningAlerts;
  const states = (rule: string, expected: string[]) =>
    eventually(() => expect(outside.states(rule)).toEqual(expected), SOON);

  beforeAll(async () => {
    nats = await startNats();
    bus = await testBus(nats);
    sessions = await serviceBus(nats, 'sessions');
    counting = new Counting(sessions);
    outside = new Outside(bus);
    alerts = await startAlerts(nats);
    await eventually(() => alerts.supervisor.leading);
  });

  afterAll(async () => {
    await alerts?.stop();
    await sessions?.close();
    await bus?.close();
    await nats?.stop();
  });

  it('asks nobody while no rule wants to know', () => {
    expect(counting.asked).toBe(0);
  });

  it('fires by the count and resolves, for a rule made while it runs', async () => {
    counting.byApp = { shop: 120 };
    const condition = { metric: 'active', op: '>', value: 100 } as const;
    await outside.save({ id: 'crowd', name: 'Crowd', target: 'sessions', condition, forMs: 500 });
    await states('crowd', ['pending', 'firing']);
    counting.byApp = { shop: 10 };
    await states('crowd', ['pending', 'firing', 'resolved']);
  });

  it('counts what began within the last minute, also before it was there', async () => {
    await counting.tells('created', 3);
    const condition = { metric: 'created', op: '>=', value: 5 } as const;
    await outside.save({ id: 'rush', name: 'Rush', target: 'sessions', condition });
    await counting.tells('created', 2);
    await states('rush', ['firing']);
    await alerts.crash();
    alerts = await startAlerts(nats);
    await eventually(() => alerts.supervisor.leading, SOON);
    const { asked } = counting;
    await eventually(() => counting.asked > asked + 2, SOON);
    expect(outside.states('rush')).toEqual(['firing']);
  });

  it('previews by the log of sessions', async () => {
    const condition = { metric: 'created', op: '>=', value: 5 } as const;
    const rule = { name: 'Rush', target: 'sessions', select: { app: 'shop' }, condition } as const;
    const preview = await bus.call('alerts', ALERTS_RPC, 'previewRule', { rule });
    expect(preview).toMatchObject({
      selects: { total: 1, items: [{ target: { key: 'shop' }, value: 5, verdict: 'breach' }] },
      wouldHaveFired: [{ target: { key: 'shop' }, to: null }],
    });
  });
});
