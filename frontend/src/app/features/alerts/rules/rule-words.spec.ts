import type { AlertRule } from '@deckwatch/contracts';
import { sentenceOf } from './rule-words.ts';

const rule = (over: Partial<AlertRule>): AlertRule => ({
  id: 'r',
  name: 'r',
  enabled: true,
  severity: 'warning',
  target: 'container',
  select: {},
  condition: { metric: 'cpu', op: '>', value: 80 },
  forMs: 0,
  keepMs: 0,
  channels: [],
  notify: { groupMs: 0, repeatMs: 0 },
  noData: 'ignore',
  ...over,
});

describe('a rule in words', () => {
  it.each([
    [rule({}), 'When any container has CPU over 80.0 %.'],
    [rule({ select: { name: '*', host: '*' } }), 'When any container has CPU over 80.0 %.'],
    [rule({ select: { name: '*', project: '*' } }), 'When a container of project * has CPU over 80.0 %.'],
    [
      rule({
        target: 'host',
        condition: { metric: 'memPercent', op: '>', value: 90, clear: 85 },
        forMs: 30_000,
        noData: 'alert',
      }),
      'When any host has memory over 90.0 % for 30 s, until it is down to 85.0 %. Tells as well when figures stay away.',
    ],
    [
      rule({ select: { name: 'shop-*', host: 'demo', labels: { tier: 'web' } }, keepMs: 60_000 }),
      'When a container named shop-* labelled tier=web on demo has CPU over 80.0 %, and on for 1 min after it is well again.',
    ],
    [
      rule({ condition: { event: ['died', 'oom'], count: 3, withinMs: 300_000 }, forMs: 5000 }),
      'When any container dies or runs out of memory, 3 times within 5 min.',
    ],
    [
      rule({ condition: { event: ['unhealthy'], count: 1, withinMs: 60_000 } }),
      'When any container becomes unhealthy.',
    ],
    [
      rule({
        target: 'sessions',
        select: { app: 'shop' },
        condition: { metric: 'active', change: 'drop', percent: 30, withinMs: 60_000 },
      }),
      'When an app named shop has active sessions fall by 30 % within 1 min.',
    ],
    [
      rule({ target: 'sessions', condition: { metric: 'destroyed', op: '>', value: 50 } }),
      'When any app has sessions ended in a minute over 50.',
    ],
    [
      rule({ target: 'service', select: { project: 'shop' }, condition: { metric: 'replicas', op: '<', value: 2 } }),
      'When a service of project shop has running replicas under 2.',
    ],
  ])('%#', (told, words) => expect(sentenceOf(told)).toBe(words));
});
