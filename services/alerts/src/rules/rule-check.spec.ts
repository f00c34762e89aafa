import type { RpcFault } from '@deckwatch/bus';
import { AlertRule, type AlertRuleDraft } from '@deckwatch/contracts';
import { checkRule } from './rule-check.ts';
import { defaultRules } from './default-rules.ts';

const draft = (over: object = {}): AlertRuleDraft =>
  ({ name: 'Busy', target: 'container', condition: { metric: 'cpu', op: '>', value: 80 }, ...over }) as AlertRuleDraft;

function faultsOf(over: object): [string, string][] {
  try {
    checkRule(draft(over), 'busy', new Set(['on-call']));
  } catch (error) {
    expect((error as RpcFault).status).toBe(400);
    return ((error as RpcFault).errors ?? []).map(({ path, message }) => [path, message]);
  }
  return [];
}

describe('a rule as somebody writes it', () => {
  it('gets what it leaves out', () => {
    expect(checkRule(draft(), 'busy', new Set())).toMatchObject({
      id: 'busy',
      enabled: true,
      severity: 'warning',
      forMs: 0,
      noData: 'ignore',
    });
  });

  it.each<[name: string, over: object, path: string, message: RegExp]>([
    [
      'a host of sessions',
      { target: 'sessions', select: { host: 'a*' }, condition: { metric: 'active', op: '>', value: 1 } },
      'select.host',
      /select them by app/,
    ],
    ['a host of a service', { target: 'service', select: { host: 'a*' } }, 'select.host', /a service has no host/],
    [
      'a drop of more than there is',
      { condition: { metric: 'cpu', change: 'drop', percent: 500, withinMs: 5000 } },
      'condition.percent',
      /nothing drops/,
    ],
    [
      'a condition on a pattern',
      { condition: { metric: 'cpu', outside: 'pattern', tolerance: 5 } },
      'condition.outside',
      /not supported yet/,
    ],
    [
      'a metric that the target has not',
      { condition: { metric: 'cpuPercent', op: '>', value: 1 } },
      'condition.metric',
      /a container has no metric "cpuPercent"/,
    ],
    [
      'a threshold that is no number',
      { condition: { metric: 'cpu', op: '>', value: 'x' } },
      'condition',
      /value: .*number/,
    ],
    [
      'a recovery level on the wrong side',
      { condition: { metric: 'cpu', op: '>', value: 80, clear: 90 } },
      'condition.clear',
      /at or below 80/,
    ],
    [
      'a recovery level on the wrong side',
      { condition: { metric: 'cpu', op: '<', value: 10, clear: 5 } },
      'condition.clear',
      /at or above 10/,
    ],
    ['a selector that never fits', { select: { app: 'shop' } }, 'select.app', /has no app/],
    ['a selector that never fits', { target: 'host', select: { image: 'x' } }, 'select.image', /a host has no image/],
    ['a channel that is not there', { channels: ['on-call', 'gone'] }, 'channels.1', /no channel "gone"/],
  ])('is refused with %s, and told where', (_name, over, path, message) => {
    const faults = faultsOf(over);
    expect(faults.map(([where]) => where)).toContain(path);
    expect(faults.find(([where]) => where === path)?.[1]).toMatch(message);
  });
});

describe('the built-in rules', () => {
  it('are those of the contract, with a recovery level and a wait short enough to be seen', () => {
    const rules = defaultRules();
    const thresholds = rules.flatMap(({ id, condition }) =>
      'op' in condition ? [[id, condition.metric, condition.value]] : [],
    );
    expect(thresholds).toEqual([
      ['host-cpu-warning', 'cpuPercent', 80],
      ['host-cpu-critical', 'cpuPercent', 90],
      ['host-memory-warning', 'memPercent', 85],
      ['host-memory-critical', 'memPercent', 95],
    ]);
    expect(rules.flatMap(({ condition }) => ('event' in condition ? condition.event : []))).toEqual([
      'died',
      'unhealthy',
    ]);
    for (const rule of rules) expect(checkRule(rule, rule.id, new Set())).toEqual(AlertRule.parse(rule));
  });
});
