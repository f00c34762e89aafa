import { Component, computed, inject } from '@angular/core';
import { Now } from '../../core/now.ts';
import { SessionStore } from '../../core/stores/session-store.ts';
import { SourceStore } from '../../core/stores/source-store.ts';
import { EmptyState } from '../../ui/empty-state.ts';
import { Loading } from '../../ui/loading.ts';
import { Sparkline } from '../../ui/sparkline.ts';
import { SessionView } from './session-view.ts';

/** How many sessions each app has, with its last five minutes; choosing one narrows the list to it. */
@Component({
  selector: 'app-session-apps',
  imports: [EmptyState, Loading, Sparkline],
  host: { class: 'panel', role: 'region', 'aria-labelledby': 'by-app' },
  template: `
    <div class="head">
      <h2 id="by-app">Active sessions</h2>
      <p class="total">{{ total() }}</p>
    </div>
    @if (apps().length > 0) {
      <ul>
        @for (row of apps(); track row.app) {
          <li>
            <button
              type="button"
              [attr.aria-pressed]="view.chosen().app === row.app"
              (click)="view.narrow({ app: view.chosen().app === row.app ? '' : row.app })"
            >
              <span class="name">{{ row.app }}</span>
              @if (row.countsOnly) {
                <span class="badge" title="Its source tells how many there are, not who">counts only</span>
              }
              <ui-sparkline [values]="row.trail" />
              <span class="figure">{{ row.active.toLocaleString('en') }}</span>
            </button>
          </li>
        }
      </ul>
    } @else if (store.countFeed.loaded()) {
      <ui-empty-state icon="users" title="No sessions yet">
        Applications tell of theirs by REST or NATS, or are followed where they keep them; then they are counted here.
      </ui-empty-state>
    } @else {
      <ui-loading what="sessions" />
    }
  `,
  styles: `
    :host {
      display: block;
    }
    .head {
      display: flex;
      align-items: baseline;
      justify-content: space-between;
      padding: 10px var(--space-3);
      border-bottom: 1px solid var(--line);
    }
    .total {
      font-size: var(--size-figure);
      line-height: 1;
      font-weight: 600;
      letter-spacing: -0.02em;
    }
    ul {
      display: grid;
      grid-template-columns: repeat(auto-fill, minmax(min(250px, 100%), 1fr));
      gap: 2px;
      padding: 4px;
      max-height: 224px;
      overflow-y: auto;
    }
    button {
      display: grid;
      grid-template-columns: minmax(0, 1fr) auto minmax(40px, 1fr) auto;
      grid-template-areas: 'name badge line figure';
      align-items: center;
      gap: 8px;
      width: 100%;
      min-height: max(34px, var(--target));
      padding: 0 7px;
      border: 1px solid transparent;
      border-radius: var(--radius-small);
      text-align: left;
    }
    button:hover {
      background: var(--surface-hover);
    }
    button:focus-visible {
      outline-offset: -2px;
    }
    button[aria-pressed='true'] {
      border-color: var(--accent);
      background: var(--accent-soft);
    }
    .name {
      grid-area: name;
      overflow: hidden;
      text-overflow: ellipsis;
      white-space: nowrap;
      font-weight: 500;
    }
    .badge {
      grid-area: badge;
    }
    ui-sparkline {
      grid-area: line;
    }
    .figure {
      grid-area: figure;
      min-width: 4ch;
      text-align: right;
      font-weight: 600;
    }
    [aria-pressed='true'] .badge {
      color: var(--text);
    }
  `,
})
export class SessionApps {
  private readonly now = inject(Now);
  private readonly sources = inject(SourceStore);
  protected readonly store = inject(SessionStore);
  protected readonly view = inject(SessionView);
  protected readonly total = computed(() => this.store.count()?.active.toLocaleString('en') ?? '–');
  protected readonly apps = computed(() => {
    const now = this.now.server();
    const sources = this.sources.byApp();
    return Object.entries(this.store.count()?.byApp ?? {})
      .sort(([a, m], [b, n]) => n - m || a.localeCompare(b))
      .map(([app, active]) => ({
        app,
        active,
        trail: this.store.trail.values(app, now),
        countsOnly: (sources.get(app) ?? []).some(({ countsOnly }) => countsOnly),
      }));
  });
}
