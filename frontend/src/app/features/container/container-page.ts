import { Component, computed, effect, inject, input } from '@angular/core';
import { RouterLink } from '@angular/router';
import { formatDuration } from '@deckwatch/contracts/wire';
import { LinkState } from '../../core/link-state.ts';
import { Now } from '../../core/now.ts';
import { PageTitle } from '../../core/page-title.ts';
import { AlertStore } from '../../core/stores/alert-store.ts';
import { ContainerStore } from '../../core/stores/container-store.ts';
import { StatsStore } from '../../core/stores/stats-store.ts';
import { severityTone } from '../../core/troubles/alert-look.ts';
import { lookOf } from '../../core/troubles/container-look.ts';
import { EmptyState } from '../../ui/empty-state.ts';
import { Icon } from '../../ui/icon.ts';
import { StatusDot } from '../../ui/status-dot.ts';
import { STATE_WORDS } from '../alerts/alert-words.ts';
import { agoOf } from '../events/ago.ts';
import { eventKey, lastOf } from '../events/event-words.ts';
import { happenings } from '../events/happenings.ts';
import { LastWordsView } from '../last-words/last-words-view.ts';
import { ContainerCharts } from './container-charts.ts';
import { ContainerFacts } from './container-facts.ts';
import { ContainerLog } from './container-log.ts';
import { ContainerPeople } from './container-people.ts';
import { ContainerTrace } from './container-trace.ts';
import { SheetManners } from './sheet-manners.ts';
import { Loading } from '../../ui/loading.ts';

/** One container, over the table or in its place: how it stands, its last 15 minutes, what happened to it, what it is. */
@Component({
  selector: 'app-container-page',
  imports: [
    ContainerCharts,
    ContainerFacts,
    ContainerLog,
    ContainerPeople,
    EmptyState,
    Icon,
    LastWordsView,
    Loading,
    RouterLink,
    StatusDot,
  ],
  providers: [ContainerTrace, SheetManners],
  host: {
    role: 'region',
    tabindex: '-1',
    '[attr.aria-label]': "'Container ' + name()",
  },
  templateUrl: './container-page.html',
  styleUrls: ['../../ui/sheet.css', './container-page.css'],
})
export class ContainerPage {
  private readonly containers = inject(ContainerStore);
  private readonly stats = inject(StatsStore);
  private readonly link = inject(LinkState);
  private readonly alertStore = inject(AlertStore);
  private readonly trace = inject(ContainerTrace);
  private readonly now = inject(Now);
  protected readonly manners = inject(SheetManners);
  /** From the address. */
  readonly host = input.required<string>();
  readonly id = input.required<string>();

  protected readonly key = computed(() => `${this.host()}.${this.id()}`);
  /** Whether the inventory would know it; its first page alone may not. */
  protected readonly loaded = computed(() => this.containers.feed.loaded() && this.containers.partOf() === null);
  protected readonly container = computed(() => {
    this.containers.feed.version();
    return this.containers.get(this.key());
  });
  protected readonly look = computed(() => {
    const container = this.container();
    return container ? lookOf(container) : undefined;
  });
  protected readonly stale = computed(() => this.link.isHostStale(this.host()));
  protected readonly happened = happenings(
    computed(() => `container=${encodeURIComponent(this.key())}&limit=50`),
    this.container,
  );
  /** The last event stands in the inventory itself, before the log is read. */
  protected readonly events = computed(() => {
    const container = this.container();
    const read = this.happened.items();
    if (!container || container.event === 'seen') return read;
    const last = lastOf(container);
    return read.some((event) => eventKey(event) === eventKey(last)) ? read : [last, ...read];
  });
  /** What it was called when it was last heard of. */
  protected readonly lastName = computed(() => this.happened.items()[0]?.name ?? this.id());
  protected readonly name = computed(() => this.container()?.name ?? this.lastName());
  protected readonly alerts = computed(() =>
    this.alertStore
      .active()
      .filter(({ target }) => target.kind === 'container' && target.key === this.key())
      .map((alert) => ({
        alert,
        tone: severityTone(alert.severity),
        state: STATE_WORDS[alert.state] ?? alert.state,
        ago: agoOf(this.now.server() - alert.since),
      })),
  );
  /** When it was last in trouble of the kind after which its last words are kept. */
  protected readonly troubledAt = computed(
    () => this.events().find(({ event }) => ['died', 'oom', 'unhealthy'].includes(event))?.t ?? null,
  );
  protected readonly uptime = computed(() => {
    const container = this.container();
    if (container?.state !== 'running' || container.startedAt === null) return '–';
    return formatDuration(this.now.server() - container.startedAt);
  });
  protected readonly pids = computed(() => {
    this.stats.feed.version();
    return this.stats.figure(this.key(), 'pids')?.toString() ?? '–';
  });

  constructor() {
    this.containers.feed.watch();
    inject(PageTitle).show(this.name);
    this.stats.watch(computed(() => [this.key()]));
    effect(() => {
      this.manners.key.set(this.key());
      this.trace.follow(this.host(), this.id());
    });
  }
}
