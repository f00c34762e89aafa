import { AlertRule } from '@deckwatch/contracts';

/** Short, so that a trouble shows while one looks; long enough that one busy second is none. */
const FOR_MS = 10_000;
const EVENT_MS = 60_000;

type Level = { warning: number; critical: number };

function hostRules(id: string, name: string, metric: string, value: Level, clear: Level): AlertRule[] {
  return (['warning', 'critical'] as const).map((severity) =>
    AlertRule.parse({
      id: `${id}-${severity}`,
      name: `${name} over ${value[severity]} %`,
      severity,
      target: 'host',
      condition: { metric, op: '>', value: value[severity], clear: clear[severity] },
      forMs: FOR_MS,
    }),
  );
}

function eventRule(id: string, name: string, event: string): AlertRule {
  return AlertRule.parse({
    id,
    name,
    severity: 'critical',
    target: 'container',
    condition: { event: [event], count: 1, withinMs: EVENT_MS },
  });
}

/** The rules that are there on the very first start. */
export function defaultRules(): AlertRule[] {
  return [
    ...hostRules(
      'host-cpu',
      'CPU of a host',
      'cpuPercent',
      { warning: 80, critical: 90 },
      { warning: 75, critical: 85 },
    ),
    ...hostRules(
      'host-memory',
      'Memory of a host',
      'memPercent',
      { warning: 85, critical: 95 },
      { warning: 82, critical: 92 },
    ),
    eventRule('container-died', 'A container died', 'died'),
    eventRule('container-unhealthy', 'A container is unhealthy', 'unhealthy'),
  ];
}
