import { describeWith, startNats, startRedis } from '@deckwatch/testing';
import { sessionsSuite } from './sessions.suite.ts';

describeWith('nats', 'redis')('sessions on the bus', () => sessionsSuite(startNats, startRedis));
