import { setTimeout as wait } from 'node:timers/promises';
import { retryMsOf, subjects } from '@deckwatch/contracts';
import { aSessionEvent, anAlertMessage, describeWith, eventually } from '@deckwatch/testing';
import { Console } from './console.ts';
import { useGateway } from './fixture.ts';

const CLIENTS = 40;
const TOPICS = ['sessions.events', 'alerts'] as const;
type Since = Record<string, { epoch: unknown; seq: number }>;

describeWith('nats')('a gateway that is restarted with forty clients', () => {
  const fixture = useGateway();

  const sessionEvent = (n: number) =>
    fixture.bus.js.publish(subjects.session('shop', 'created'), JSON.stringify(aSessionEvent({ id: `s-${n}` })));
  const alert = (n: number) =>
    fixture.bus.js.publish(subjects.alert('cpu', `web-${n}`), JSON.stringify(anAlertMessage({ id: `cpu-web-${n}` })));

  /** A client that comes back when it was asked to, and says where it stood. */
  async function back(client: Console): Promise<Console> {
    const asked = retryMsOf(client.closed!.reason)!;
    const since: Since = {};
    for (const topic of TOPICS) {
      const { epoch, seq } = [...client.of('snapshot', topic), ...client.of('event', topic)].at(-1)!;
      since[topic] = { epoch, seq };
    }
    await wait(asked);
    const again = await fixture.open();
    const { topics } = await again.subscribe([...TOPICS], { since });
    expect(topics).toMatchObject(TOPICS.map((topic) => ({ topic, recovered: true })));
    return again;
  }

  it('asks each back at a moment of its own, and each finds exactly what came meanwhile', async () => {
    const leaving = await fixture.another();
    const clients = await Promise.all(Array.from({ length: CLIENTS }, () => fixture.open({ at: leaving })));
    for (const client of clients) await client.subscribe([...TOPICS]);
    await Promise.all([sessionEvent(1), alert(1)]);
    for (const client of clients) for (const topic of TOPICS) await client.next('event', (data) => data['topic'] === topic); // prettier-ignore

    const stopped = leaving.stop();
    const leftAt = await Promise.all(clients.map(async (client) => (await client.ended(), Date.now())));
    await Promise.all([2, 3].flatMap((n) => [sessionEvent(n), alert(n)]));
    const closings = clients.map(({ closed }) => closed!);
    expect(new Set(closings.map(({ code }) => code))).toEqual(new Set([4009]));
    const returns = closings.map(({ reason }, at) => leftAt[at]! + retryMsOf(reason)!).sort((a, b) => a - b);
    expect(returns.at(-1)! - returns[0]!).toBeGreaterThan((1000 / 200) * (CLIENTS - 1) - 25);

    const again = await Promise.all(clients.map(back));
    for (const topic of TOPICS) {
      const ids = (client: Console) => client.of('event', topic).map(({ data }) => data.id);
      await eventually(() => expect(again.every((client) => ids(client).length === 2)).toBe(true));
      const prefix = topic === 'alerts' ? 'cpu-web-' : 's-';
      for (const client of again) expect(ids(client).sort()).toEqual([`${prefix}2`, `${prefix}3`]);
    }
    await stopped;
  }, 30_000);
});
