import { Component, computed, inject, input } from '@angular/core';
import { toObservable } from '@angular/core/rxjs-interop';
import { RouterLink } from '@angular/router';
import type { Container } from '@deckwatch/contracts';
import { ContainerStore } from '../../core/stores/container-store.ts';
import { faultOf, SourceStore } from '../../core/stores/source-store.ts';
import { SessionStore } from '../../core/stores/session-store.ts';
import { Now } from '../../core/now.ts';
import { Sparkline } from '../../ui/sparkline.ts';
import { StatusDot } from '../../ui/status-dot.ts';
import { verdictOn } from './restart-verdict.ts';

/** Who is on a container, and whom a restart would hit now. Nothing, where no source says that it serves an app. */
@Component({
  selector: 'app-container-people',
  imports: [RouterLink, Sparkline, StatusDot],
  template: `
    @if (apps().length > 0) {
      <section class="panel" aria-labelledby="people">
        <h2 id="people">Safe to restart?</h2>
        <p class="verdict">
          <ui-status-dot [tone]="verdict().tone" />
          <span
            ><b>{{ verdict().word }}</b> <span class="muted"> {{ verdict().why }}</span></span
          >
        </p>
        <ul>
          @for (row of apps(); track row.app) {
            <li>
              <a class="link" routerLink="/sessions" [queryParams]="{ app: row.app }">{{ row.app }}</a>
              <ui-sparkline [values]="row.trail" />
              <span
                ><span class="figure">{{ row.active }}</span> <span class="faint"> active</span></span
              >
            </li>
          }
        </ul>
        @if (doubt(); as doubt) {
          <p class="doubt" role="status">{{ doubt }}</p>
        }
      </section>
    }
  `,
  styles: `
    section {
      display: grid;
      grid-template-columns: minmax(0, 1fr);
      gap: var(--space-2);
      padding: var(--space-3);
    }
    .verdict {
      display: flex;
      align-items: baseline;
      gap: 8px;
    }
    li {
      display: grid;
      grid-template-columns: minmax(80px, max-content) minmax(60px, 160px) auto;
      align-items: center;
      gap: var(--space-3);
      min-height: 26px;
    }
    .doubt {
      color: var(--warn);
    }
  `,
})
export class ContainerPeople {
  private readonly sessions = inject(SessionStore);
  private readonly containers = inject(ContainerStore);
  private readonly sources = inject(SourceStore);
  private readonly now = inject(Now);
  readonly container = input.required<Container>();

  private readonly served = computed(() => this.sessions.appsOn(this.container()));
  protected readonly apps = computed(() => {
    const now = this.now.server();
    return this.served().map((row) => ({ ...row, trail: this.sessions.trail.values(row.app, now) }));
  });
  /** Others of the same service that run and are not unhealthy: they serve meanwhile. */
  private readonly others = computed(() => {
    const { key, project, service } = this.container();
    return this.containers
      .containers()
      .filter((other) => other.key !== key && other.project === project && other.service === service)
      .filter(({ state, health }) => state === 'running' && health !== 'unhealthy').length;
  });
  protected readonly verdict = computed(() =>
    verdictOn({
      running: this.container().state === 'running',
      active: this.served().reduce((sum, { active }) => sum + active, 0),
      others: this.others(),
    }),
  );
  /** Why the figure may not be what it is now; empty: it is. */
  protected readonly doubt = computed(() => {
    const { source } = this.sessions.countFeed.freshness();
    if (source === 'none' || source === 'stored') return 'This is what was known last.';
    if (this.sources.state() === 'failed') return 'The session service does not answer: this is what it counted last.';
    const byApp = this.sources.byApp();
    const faults = this.served().flatMap(({ app }) =>
      (byApp.get(app) ?? []).filter((source) => faultOf(source) !== null),
    );
    const [first] = faults;
    return first ? `The sessions of ${first.app} may be others by now: ${faultOf(first)}.` : '';
  });

  constructor() {
    this.sources.watch(toObservable(computed(() => this.served().length > 0)));
  }
}
