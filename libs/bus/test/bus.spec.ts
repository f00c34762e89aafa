import { describeWith, startNats } from '@deckwatch/testing';
import { busSuite } from './bus.suite.ts';

describeWith('nats')('the bus', () => busSuite(startNats));
