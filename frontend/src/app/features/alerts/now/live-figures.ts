import { computed, inject, Injectable, signal } from '@angular/core';
import type { AlertMessage, Host } from '@deckwatch/contracts';
import { STAT_COLS, type StatCol } from '@deckwatch/contracts/wire';
import { LinkState } from '../../../core/link-state.ts';
import { ContainerStore } from '../../../core/stores/container-store.ts';
import { HostStore } from '../../../core/stores/host-store.ts';
import { SessionStore } from '../../../core/stores/session-store.ts';
import { StatsStore } from '../../../core/stores/stats-store.ts';

const HOST_METRICS = ['cpu', 'cpuPercent', 'mem', 'memPercent', 'running'] as const;

/** How the figure that an alert is about stands at this moment. One a page. */
@Injectable()
export class LiveFigures {
  private readonly stats = inject(StatsStore);
  private readonly hosts = inject(HostStore);
  private readonly containers = inject(ContainerStore);
  private readonly sessions = inject(SessionStore);
  private readonly link = inject(LinkState);
  private readonly shown = signal<readonly AlertMessage[]>([]);
  private readonly members = computed(() => {
    this.containers.feed.version();
    return Map.groupBy(this.containers.containers(), ({ project, service }) => `${project ?? ''}.${service ?? ''}`);
  });
  private readonly keys = computed(() =>
    this.shown().flatMap(({ target: { kind, key } }) => {
      if (kind === 'container') return [key];
      return kind === 'service' ? this.running(key).map((container) => container.key) : [];
    }),
  );
  /** Changes when figures have; read it in every computed that calls `of`. */
  readonly version = computed(
    () => this.stats.feed.version() + this.hosts.feed.version() + this.sessions.countFeed.version(),
  );

  constructor() {
    this.containers.feed.watch();
    this.stats.watch(this.keys);
  }

  /** The alerts on screen: only of these figures come. */
  show(alerts: readonly AlertMessage[]): void {
    this.shown.set(alerts);
  }

  /** Null: it is not known, or not a figure that moves by itself. Read `version` beside it. */
  of({ metric, state, target }: AlertMessage): number | null {
    if (metric === null || state === 'nodata') return null;
    switch (target.kind) {
      case 'container':
        return target.host !== null && this.link.isHostStale(target.host) ? null : this.ofContainer(target, metric);
      case 'host':
        return this.link.isHostStale(target.key) ? null : ofHost(this.hosts.byKey().get(target.key), metric);
      case 'service':
        return this.ofService(target.key, metric);
      case 'sessions':
        return metric === 'active' ? (this.sessions.count()?.byApp[target.key] ?? null) : null;
    }
  }

  /** What a share is of: the container's limit, or the memory of its host. Null: not known. */
  wholeOf({ key, host }: AlertMessage['target']): number | null {
    return this.stats.figure(key, 'memLimit') ?? this.hosts.byKey().get(host ?? '')?.memTotal ?? null;
  }

  private ofContainer(target: AlertMessage['target'], metric: string): number | null {
    if (metric === 'memPercent') {
      const [used, whole] = [this.stats.figure(target.key, 'mem'), this.wholeOf(target)];
      return used === null || !whole ? null : (used / whole) * 100;
    }
    if (metric === 'restarts') return this.containers.get(target.key)?.restarts ?? null;
    return isStatCol(metric) ? this.stats.figure(target.key, metric) : null;
  }

  /** A sum is not known while a part of it is missing. */
  private ofService(key: string, metric: string): number | null {
    const running = this.running(key);
    if (metric === 'replicas') return running.length;
    if (!isStatCol(metric) || running.length === 0) return null;
    const parts = running.map((container) => this.stats.figure(container.key, metric));
    return parts.every((part) => part !== null) ? parts.reduce((sum, part) => sum + part, 0) : null;
  }

  private running(key: string) {
    return (this.members().get(key) ?? []).filter(({ state }) => state === 'running');
  }
}

function ofHost(host: Host | undefined, metric: string): number | null {
  const known = HOST_METRICS.find((name) => name === metric);
  return (host && known && host[known]) ?? null;
}

export function isStatCol(metric: string): metric is StatCol {
  return (STAT_COLS as readonly string[]).includes(metric);
}
