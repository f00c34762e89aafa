import { describeWith, startNats, testBus } from '@deckwatch/testing';
import type { Bus } from '../src/bus.ts';
import { readBackwards } from '../src/stream-pages.ts';

describeWith('nats')('a stream read backwards', () => {
  let nats: Awaited<ReturnType<typeof startNats>>;
  let bus: Bus;
  let log: ReturnType<Bus['log']>;
  beforeAll(async () => {
    nats = await startNats();
    bus = await testBus(nats);
    log = bus.log('ALERTS');
    for (const n of [0, 1, 2, 3, 4]) await log.append(`deckwatch.alerts.r.${n % 2 ? 'odd' : 'even'}`, { n });
  });
  afterAll(async () => {
    await bus.close();
    await nats.stop();
  });

  const page = async (kind: string, below?: number) => {
    const query = { limit: 2, subject: `deckwatch.alerts.*.${kind}`, ...(below !== undefined && { below }) };
    const read = (message: { json(): unknown }) => (message.json() as { n: number }).n;
    return readBackwards(bus, 'ALERTS', { ...query, read });
  };

  it('shows the newest first, and goes on below them', async () => {
    const first = await page('even');
    expect(first).toEqual({ items: [4, 2], next: 3, total: 5 });
    expect(await page('even', first.next!)).toEqual({ items: [0], next: null, total: 5 });
  });

  it('reads no more of a subject than there is', async () => {
    expect(await page('odd')).toEqual({ items: [3, 1], next: 2, total: 5 });
    const exactly = { limit: 5, subject: 'deckwatch.alerts.r.odd', read: ({ seq }: { seq: number }) => seq };
    expect(await readBackwards(bus, 'ALERTS', exactly)).toEqual({ items: [4, 2], next: null, total: 5 });
    const nothing = { ...exactly, subject: 'deckwatch.alerts.r.none' };
    expect(await readBackwards(bus, 'ALERTS', nothing)).toEqual({ items: [], next: null, total: 5 });
  });

  it('leaves nothing behind at the broker, whether or not something was found', async () => {
    await page('odd');
    await page('none');
    await readBackwards(bus, 'ALERTS', { limit: 1000, subject: 'deckwatch.alerts.*.none', read: ({ seq }) => seq });
    expect((await bus.jsm.streams.info('ALERTS')).state.consumer_count).toBe(0);
  });

  it('is read whole, past what was taken out of it, in windows that grow', async () => {
    for (let n = 5; n < 700; n += 1) await log.append(`deckwatch.alerts.r.${n % 2 ? 'odd' : n}`, { n });
    await bus.jsm.streams.purge('ALERTS', { filter: 'deckwatch.alerts.r.odd' });
    const all = Array.from({ length: 350 }, (_, n) => 698 - 2 * n);
    const read = (message: { json(): unknown }) => (message.json() as { n: number }).n;
    expect((await readBackwards(bus, 'ALERTS', { limit: 1000, read })).items).toEqual(all);
    const rare = (message: { json(): unknown }) => (read(message) === 6 ? 'rare' : undefined);
    expect((await readBackwards(bus, 'ALERTS', { limit: 3, read: rare })).items).toEqual(['rare']);
    expect((await bus.jsm.streams.info('ALERTS')).state.consumer_count).toBe(0);
  });
});
