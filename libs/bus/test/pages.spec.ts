import { describeWith, startNats, testBus } from '@deckwatch/testing';
import type { Bus } from '../src/bus.ts';
import { readBackwards } from '../src/stream-pages.ts';

describeWith('nats')('a stream read backwards', () => {
  let nats: Awaited<ReturnType<typeof startNats>>;
  let bus: Bus;
  beforeAll(async () => {
    nats = await startNats();
    bus = await testBus(nats);
    const log = bus.log('ALERTS');
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

  it('leaves nothing behind at the broker, whether or not something was found', async () => {
    expect((await page('odd')).items).toEqual([3, 1]);
    expect((await page('none')).items).toEqual([]);
    expect((await bus.jsm.streams.info('ALERTS')).state.consumer_count).toBe(0);
  });
});
