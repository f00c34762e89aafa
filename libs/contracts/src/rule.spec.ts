import { AlertRule } from './rule.ts';

const rule = (over: object = {}): object => ({
  id: 'host-cpu',
  name: 'Host CPU',
  target: 'host',
  condition: { metric: 'cpuPercent', op: '>', value: 80 },
  ...over,
});

function faults(value: object): { path: string; message: string }[] {
  const result = AlertRule.safeParse(value);
  return (result.error?.issues ?? []).map(({ path, message }) => ({ path: path.join('.'), message }));
}

describe('an alert rule', () => {
  it('takes its defaults', () => {
    expect(AlertRule.parse(rule())).toMatchObject({
      enabled: true,
      severity: 'warning',
      select: {},
      forMs: 0,
      keepMs: 0,
      channels: [],
      notify: { groupMs: 10_000, repeatMs: 0 },
      noData: 'ignore',
    });
  });

  it('names the metrics that its target has when another is asked for', () => {
    expect(faults(rule({ condition: { metric: 'replicas', op: '>', value: 1 } }))).toEqual([
      {
        path: 'condition.metric',
        message: 'a host has no metric "replicas"; it has cpu, cpuPercent, mem, memPercent, running',
      },
    ]);
  });

  it('waits for events of containers only', () => {
    const condition = { event: ['died'], withinMs: 60_000 };
    expect(faults(rule({ target: 'container', condition }))).toEqual([]);
    expect(faults(rule({ target: 'host', condition }))).toHaveLength(1);
  });

  it('passes over what it does not know, so that what was read can be written back', () => {
    expect(AlertRule.parse(rule({ revision: 7 }))).not.toHaveProperty('revision');
  });

  it.each([
    ['an id that is no token', { id: 'Host CPU' }],
    ['a negative duration', { forMs: -1 }],
    ['an unknown operator', { condition: { metric: 'cpu', op: '=', value: 1 } }],
  ])('is refused with %s', (_, over) => {
    expect(faults(rule(over))).not.toEqual([]);
  });
});
