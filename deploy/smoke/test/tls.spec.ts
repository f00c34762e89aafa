import { describeWith, eventually } from '@deckwatch/testing';
import { BareClient } from './bare-client.ts';
import { Installation } from './installation.ts';

describeWith('nats', 'redis')('services whose brokers speak TLS alone, with whom they know alone', () => {
  let all: Installation;
  beforeAll(async () => {
    all = await Installation.start(undefined, true);
  }, 90_000);
  afterAll(() => all.stop(), 30_000);

  it('work together, and go on when the brokers were away', async () => {
    const token = await all.accessToken();
    const client = await BareClient.connect(all.port, token);
    client.send('subscribe', { id: 1, topics: ['hosts'] });
    const updates = () => client.of('hosts').filter(({ event }) => event === 'update').length;
    await eventually(() => expect(updates()).toBeGreaterThan(1));
    await all.nats.restart();
    await all.redis.restart();
    const before = updates();
    await eventually(() => expect(updates()).toBeGreaterThan(before + 1), { timeoutMs: 20_000 });
    await all.becomeReady();
    client.close();
  });
});
