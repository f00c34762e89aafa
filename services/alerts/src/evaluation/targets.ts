import type { AlertMessage, ContainerEvent, HostReport } from '@deckwatch/contracts';
import { containerKey } from '@deckwatch/contracts';
import type { ChangeWindow } from './change-window.ts';
import type { Track } from '../lifecycle/alert-desk.ts';
import type { Selectable, ThresholdRule } from '../rules/compiled-rule.ts';
import type { Row } from '../rules/metrics.ts';

/** One threshold rule on one target. `track` is set while the alert lives, so an idle watch costs one comparison. */
export interface Watch {
  rule: ThresholdRule;
  track: Track | null;
  /** What a rule on a change remembers of the series. */
  window: ChangeWindow | null;
}

/** A container, host, service or app (`sessions`) as the evaluator knows it, with the rules that watch it. */
export interface Target extends Selectable {
  readonly kind: AlertMessage['target']['kind'];
  readonly key: string;
  /** Whether it is judged here: its shard is held, and this instance evaluates. */
  mine: boolean;
  /** Whether samples are due: a container is running, a host was heard of. */
  running: boolean;
  /** A container that has exited: it has no figures, and none are missing. */
  ended: boolean;
  unhealthy: boolean;
  restarts: number;
  watches: Watch[];
  /** `t` of the last sample, Unix milliseconds by the host's clock; 0: none yet. */
  sampledAt: number;
  /** When the last sample came in, by this service's clock. */
  heardAt: number;
  intervalMs: number;
  /** The last sample as it came; null: none yet. */
  lastRow: Row | null;
  lastReport: HostReport | null;
  /** Whether a check for missing samples is waiting. */
  watchedForSilence: boolean;
}

export function newTarget(kind: Target['kind'], key: string, about: Selectable): Target {
  const idle = {
    mine: false,
    running: true,
    ended: false,
    unhealthy: false,
    restarts: 0,
    watches: [],
    sampledAt: 0,
    heardAt: 0,
    intervalMs: 1000,
    lastRow: null,
    lastReport: null,
  };
  return { ...about, ...idle, kind, key, watchedForSilence: false };
}

export function containerTarget(event: ContainerEvent): Target {
  const target = newTarget('container', containerKey(event.host, event.id), aboutContainer(event));
  return Object.assign(target, stateOfContainer(event));
}

export function stateOfContainer(event: ContainerEvent): Pick<Target, 'running' | 'ended' | 'unhealthy' | 'restarts'> {
  return {
    running: event.state === 'running',
    ended: event.state === 'exited' || event.state === 'dead',
    unhealthy: isUnhealthy(event),
    restarts: event.restarts,
  };
}

/** What has stopped is neither healthy nor unhealthy. */
export function isUnhealthy({ state, health, event }: ContainerEvent): boolean {
  return state === 'running' && health === 'unhealthy' && event !== 'removed';
}

export function aboutContainer({ host, name, image, project, service, labels }: ContainerEvent): Selectable {
  return { host, name, image, project, service, labels };
}

export function aboutHost(host: string): Selectable {
  return { host, name: host, image: null, project: null, service: null, labels: {} };
}

/** An app of which the sessions are counted. */
export function aboutApp(app: string): Selectable {
  return { host: '', name: app, image: null, project: null, service: null, labels: {}, app };
}

/** A target as alert messages name it. */
export function targetOf({
  kind,
  key,
  name,
  host,
}: Pick<Target, 'kind' | 'key' | 'name' | 'host'>): AlertMessage['target'] {
  return { kind, key, name, host: kind === 'service' || kind === 'sessions' ? null : host };
}

/** Whether two descriptions select alike. */
export function sameDescription(a: Selectable, b: Selectable): boolean {
  if (a.name !== b.name || a.image !== b.image || a.project !== b.project || a.service !== b.service) return false;
  const labels = Object.keys(a.labels);
  return labels.length === Object.keys(b.labels).length && labels.every((label) => a.labels[label] === b.labels[label]);
}
