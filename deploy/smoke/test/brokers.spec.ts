import { describeWith, eventually, startNats, startRedis, testBus } from '@deckwatch/testing';
