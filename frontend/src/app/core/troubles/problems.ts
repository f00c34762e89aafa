import type { AlertMessage, Container, Host } from '@deckwatch/contracts';
import type { Params } from '@angular/router';
import type { IconName } from '../../ui/icon.ts';
import type { Tone } from '../../ui/tone.ts';
import { isUnattended, severityTone } from './alert-look.ts';
import { lookOf } from './container-look.ts';

/** One thing that needs somebody: all that is wrong with one container, host, app or part of Deckwatch. */
export interface Problem {
  key: string;
  tone: Extract<Tone, 'bad' | 'warn' | 'info'>;
  icon: IconName;
  /** What kind of thing it is, where its name alone does not tell. */
  kind: string;
  name: string;
  reasons: string[];
  demo: boolean;
  link: { commands: string[]; queryParams?: Params } | null;
  /** Since when, Unix ms; null: not known. */
  since: number | null;
}

export interface Fleet {
  alerts: readonly AlertMessage[];
  hosts: readonly Host[];
  /** Those in trouble. */
  containers: readonly Container[];
  /** What is wrong with Deckwatch's own parts, one sentence each. */
  faults: readonly string[];
}

const RANK = { bad: 0, warn: 1, info: 2 };

/** What is wrong, the worst first. What somebody has acknowledged or silenced is left out. */
export function problemsOf(fleet: Fleet): Problem[] {
  const demoHosts = new Set(fleet.hosts.filter(({ demo }) => demo).map(({ key }) => key));
  const found = new Map<string, Problem>();
  for (const problem of [
    ...fleet.faults.map(ofFault),
    ...fleet.hosts.flatMap(ofHost),
    ...fleet.alerts.filter((alert) => alert.state !== 'pending' && isUnattended(alert)).map(ofAlert),
    ...ofContainers(fleet),
  ]) {
    const known = found.get(problem.key);
    if (known) merge(known, problem);
    else found.set(problem.key, { ...problem, demo: problem.demo || isDemo(problem, demoHosts) });
  }
  return [...found.values()].sort(
    (a, b) => RANK[a.tone] - RANK[b.tone] || Number(a.demo) - Number(b.demo) || (a.since ?? 0) - (b.since ?? 0),
  );
}

/** What alerts say of a container tells more than its state does. */
function merge(known: Problem, more: Problem): void {
  if (RANK[more.tone] < RANK[known.tone]) known.tone = more.tone;
  if (more.icon !== 'alert') return;
  known.reasons.push(...more.reasons.filter((reason) => !known.reasons.includes(reason)));
  known.since = Math.min(known.since ?? Infinity, more.since ?? Infinity);
}

function isDemo({ key }: Problem, demoHosts: ReadonlySet<string>): boolean {
  const [kind, target = ''] = key.split(':');
  if (kind !== 'host' && kind !== 'container') return false;
  return demoHosts.has(kind === 'host' ? target : target.slice(0, target.lastIndexOf('.')));
}

function ofFault(fault: string): Problem {
  const base = { tone: 'bad' as const, icon: 'server' as const, demo: false, since: null };
  return { ...base, key: `part:${fault}`, kind: 'part of Deckwatch', name: 'Deckwatch', reasons: [fault], link: null };
}

function ofHost(host: Host): Problem[] {
  const reason =
    host.status === 'down'
      ? 'is down: nothing was heard of it'
      : host.status === 'stale'
        ? 'does not report'
        : host.engine === 'away'
          ? (host.engineReason ?? 'its container engine is away')
          : null;
  if (reason === null) return [];
  const tone = host.status === 'down' ? ('bad' as const) : ('warn' as const);
  const link = { commands: ['/containers'], queryParams: { host: host.key } };
  const { key, demo, t } = host;
  return [
    { key: `host:${key}`, tone, icon: 'server', kind: 'host', name: key, reasons: [reason], demo, link, since: t },
  ];
}

function ofAlert(alert: AlertMessage): Problem {
  const { kind, key, name } = alert.target;
  const tone = alert.state === 'nodata' ? 'warn' : severityTone(alert.severity);
  return {
    key: `${kind}:${key}`,
    tone: tone === 'bad' || tone === 'warn' ? tone : 'info',
    icon: 'alert',
    kind: kind === 'container' ? '' : kind,
    name,
    reasons: [alert.message],
    demo: false,
    link: linkOf(alert),
    since: alert.firedAt ?? alert.since,
  };
}

function linkOf({ target: { kind, key, name, host } }: AlertMessage): Problem['link'] {
  const id = key.slice(key.lastIndexOf('.') + 1);
  if (kind === 'container' && host !== null) return { commands: ['/containers', host, id] };
  if (kind === 'host') return { commands: ['/containers'], queryParams: { host: key } };
  if (kind === 'sessions') return { commands: ['/sessions'] };
  return { commands: ['/containers'], queryParams: { q: name } };
}

/** A host that is down is one problem, not one for each of its containers. */
function ofContainers({ containers, hosts }: Fleet): Problem[] {
  const down = new Set(hosts.filter(({ status }) => status === 'down').map(({ key }) => key));
  return containers
    .filter((container) => !down.has(container.host))
    .map((container) => {
      const look = lookOf(container);
      return {
        key: `container:${container.key}`,
        tone: look.tone === 'bad' ? 'bad' : 'warn',
        icon: container.state === 'running' ? 'pulse' : 'failed',
        kind: '',
        name: container.name,
        reasons: [look.text],
        demo: container.demo,
        link: { commands: ['/containers', container.host, container.id] },
        since: container.t,
      };
    });
}
