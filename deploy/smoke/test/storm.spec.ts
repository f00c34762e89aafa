import { join } from 'node:path';
import { describeWith } from '@deckwatch/testing';
import { Storm } from './storm/storm.ts';

/** `npm run bench -- storm` does the same with 500 alerts and 20 kills. */
describeWith('nats', 'redis')('a storm of alerts', () => {
  it('is stored once and told, in order, though alerts, gateway, NATS and Redis are killed in its midst', async () => {
    const { faults, figures } = await Storm.run({
      root: join(__dirname, '../../..'),
      seed: 7,
      alerts: 100,
      kills: 4,
      mostFailures: 3,
      recovers: true,
      pauseMs: [300, 1500],
      say: () => undefined,
    });
    expect(faults).toEqual([]);
    expect(figures).toMatchObject({ kills: 4 });
  }, 120_000);
});
