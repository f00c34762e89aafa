import type { Bus } from '@deckwatch/bus';
import { KEEP_ENDED_MS, STREAMS, filters, subjects } from '@deckwatch/contracts';
import { aContainerEvent, describeWith, eventually, silentLog, startNats, testBus, VirtualClock, type NatsServer } from '@deckwatch/testing'; // prettier-ignore
import { InventoryLog } from '../src/inventory/inventory-log.ts';
import { inventoryStream } from '../src/inventory/inventory-stream.ts';
import { Retention } from '../src/inventory/retention.ts';

const DAY_MS = 86_400_000;
const DAYS = 60;
/** DECKWATCH_CHURN=100000 for the long version. */
const CHURNED = Number(process.env['DECKWATCH_CHURN'] ?? 6000);
const A_DAY = Math.ceil(CHURNED / DAYS);
/** Removed containers are kept for seven days; the eighth is under way. */
const MOST_KEPT = A_DAY * (KEEP_ENDED_MS / DAY_MS + 1);
const PASSES_A_DAY = Math.ceil(A_DAY / 200) + 1;
const QUIET = 'feedfeedfeed';
const HOST = 'alpha';

const idOf = (n: number): string => n.toString(16).padStart(12, '0');

describeWith('nats')('sixty days of containers that come and go', () => {
  let nats: NatsServer;
  let bus: Bus;

  beforeAll(async () => {
    nats = await startNats();
    bus = await testBus(nats);
  });
  afterAll(async () => {
    await bus.close();
    await nats.stop();
  });

  it('leave no more than those of the last week, and the quiet one that was there all the time', async () => {
    const clock = new VirtualClock(1000 * DAY_MS);
    const stream = inventoryStream(bus);
    const retention = new Retention({
      clock,
      log: silentLog,
      purge: (id) => stream.purge(subjects.container(HOST, id)),
      removed: () => Promise.resolve([]),
    });
    const log = new InventoryLog({ host: HOST, stream, retention, log: silentLog, onFenced: () => undefined });
    const say = (id: string, event: 'created' | 'started' | 'removed'): void =>
      log.publish(aContainerEvent({ host: HOST, id, t: clock.now(), event }));
    const kept = async (): Promise<number> => (await stream.present(filters.containersOf(HOST))).size;

    retention.start();
    say(QUIET, 'started');
    let most = 0;
    for (let day = 0; day < DAYS; day += 1) {
      const ids = Array.from({ length: A_DAY }, (_, n) => idOf(day * A_DAY + n));
      for (let at = 0; at < ids.length; at += 500) {
        const some = ids.slice(at, at + 500);
        for (const id of some) for (const event of ['created', 'started', 'removed'] as const) say(id, event);
        await eventually(() => expect(some.some((id) => log.waits(id))).toBe(false), { timeoutMs: 30_000 });
        some.forEach((id) => log.removed(id, clock.now()));
      }
      for (let pass = 0; pass < PASSES_A_DAY; pass += 1) {
        await clock.advance(DAY_MS / PASSES_A_DAY);
        await eventually(() => expect(clock.pending).toBe(1), { timeoutMs: 30_000, everyMs: 1 });
      }
      most = Math.max(most, await kept());
    }
    retention.stop();
    expect(most).toBeLessThanOrEqual(MOST_KEPT + 1);
    expect(most).toBeGreaterThanOrEqual(6 * A_DAY); // those of the seventh day have just gone
    expect((await log.stored()).find(({ id }) => id === QUIET)).toMatchObject({ event: 'started' });
    const { state } = await bus.jsm.streams.info(STREAMS.CONTAINERS.name);
    expect(state.messages).toBeLessThanOrEqual(3 * (MOST_KEPT + 1));
  }, 900_000);
});
