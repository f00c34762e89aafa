import { ContainerBrokers, describeWith } from '@deckwatch/testing';
import { sessionsSuite } from './sessions.suite.ts';

describeWith(
  'engine',
  'nats',
  'redis',
)('sessions on the bus, with brokers in containers', () => {
  let brokers: ContainerBrokers;

  beforeAll(async () => {
    brokers = await ContainerBrokers.open();
  });

  sessionsSuite(
    () => brokers.startNats(),
    () => brokers.startRedis(),
  );

  // After what the suite itself ends.
  afterAll(() => brokers?.close());
});
