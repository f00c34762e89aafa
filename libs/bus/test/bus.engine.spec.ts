import { ContainerBrokers, describeWith } from '@deckwatch/testing';
import { busSuite } from './bus.suite.ts';

describeWith(
  'engine',
  'nats',
  'redis',
)('the bus, with its broker in a container', () => {
  let brokers: ContainerBrokers;

  beforeAll(async () => {
    brokers = await ContainerBrokers.open();
  });
  afterAll(() => brokers?.close());

  busSuite(() => brokers.startNats());
});
