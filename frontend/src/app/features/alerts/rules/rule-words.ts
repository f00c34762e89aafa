import type { AlertRule, Condition, Selector, TargetKind } from '@deckwatch/contracts';
import { formatDuration } from '@deckwatch/contracts/wire';
import { formatMetric } from '../alert-words.ts';

/** A metric beside others. */
const METRIC_WORDS: Record<string, string> = {
  cpu: 'CPU',
  cpuPercent: 'CPU of all cores',
  mem: 'memory',
  memPercent: 'memory in percent',
  rx: 'network in',
  tx: 'network out',
  rd: 'disk reads',
  wr: 'disk writes',
  pids: 'processes',
  restarts: 'restarts',
  running: 'running containers',
  replicas: 'running replicas',
  active: 'active sessions',
  created: 'sessions begun in a minute',
  destroyed: 'sessions ended in a minute',
};
/** In a sentence the figure's unit tells that it is a share. */
const SHARE_WORDS: Record<string, string> = { cpuPercent: 'CPU', memPercent: 'memory' };
const EVENT_WORDS: Record<string, string> = {
  created: 'is created',
  started: 'starts',
  healthy: 'becomes healthy',
  unhealthy: 'becomes unhealthy',
  paused: 'is paused',
  unpaused: 'goes on after a pause',
  restarted: 'restarts',
  died: 'dies',
  oom: 'runs out of memory',
  stopped: 'is stopped',
  removed: 'is removed',
};
const OP_WORDS: Record<string, string> = { '>': 'over', '>=': 'at least', '<': 'under', '<=': 'at most' };
const TARGET_WORDS: Record<TargetKind, string> = {
  container: 'container',
  host: 'host',
  sessions: 'app',
  service: 'service',
};

export function metricWords(metric: string): string {
  return METRIC_WORDS[metric] ?? metric;
}

type Told = Pick<AlertRule, 'target' | 'select' | 'condition' | 'forMs' | 'keepMs' | 'noData'>;

/** A rule in a sentence: whom it watches, what must be so and for how long, and when it is over. */
export function sentenceOf({ target, select, condition, forMs, keepMs, noData }: Told): string {
  const when = `When ${targetWords(target, select)} ${conditionWords(condition)}`;
  const lasting = forMs > 0 && !('event' in condition) ? ` for ${formatDuration(forMs)}` : '';
  const kept = keepMs > 0 ? `, and on for ${formatDuration(keepMs)} after it is well again` : '';
  const silent = noData === 'alert' ? ' Tells as well when figures stay away.' : noData === 'keep' ? ' When figures stay away it stays as it is.' : ''; // prettier-ignore
  return `${when}${lasting}${recoveryWords(condition)}${kept}.${silent}`;
}

/** `a container named shop-* on demo`; everything it may select is one word each. */
export function targetWords(target: TargetKind, select: Selector): string {
  const { image, project, service, labels } = select;
  // All have these, so that any of them is no choice.
  const [host, name, app] = [select.host, select.name, select.app].map((glob) => (glob === '*' ? undefined : glob));
  const what = TARGET_WORDS[target];
  const parts = [
    name && `named ${name}`,
    app && `named ${app}`,
    image && `of image ${image}`,
    service && `of service ${service}`,
    project && `of project ${project}`,
    ...Object.entries(labels ?? {}).map(([label, value]) => `labelled ${label}=${value}`),
    host && `on ${host}`,
  ].filter(Boolean);
  return parts.length === 0 ? `any ${what}` : `${what === 'app' ? 'an' : 'a'} ${what} ${parts.join(' ')}`;
}

function conditionWords(condition: Condition): string {
  if ('event' in condition) {
    const events = condition.event.map((event) => EVENT_WORDS[event] ?? event).join(' or ');
    return condition.count > 1
      ? `${events}, ${condition.count} times within ${formatDuration(condition.withinMs)}`
      : events;
  }
  const metric = SHARE_WORDS[condition.metric] ?? metricWords(condition.metric);
  if ('change' in condition) {
    return `has ${metric} ${condition.change === 'drop' ? 'fall' : 'rise'} by ${condition.percent} % within ${formatDuration(condition.withinMs)}`;
  }
  if ('outside' in condition) return `has ${metric} unlike what is usual at this hour`;
  return `has ${metric} ${OP_WORDS[condition.op]} ${formatMetric(condition.metric, condition.value)}`;
}

function recoveryWords(condition: Condition): string {
  if (!('op' in condition) || condition.clear === undefined || condition.clear === condition.value) return '';
  return `, until it is ${condition.op.startsWith('>') ? 'down' : 'up'} to ${formatMetric(condition.metric, condition.clear)}`;
}
