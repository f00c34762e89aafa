import { Component, computed, inject } from '@angular/core';
import { RouterLink } from '@angular/router';
import { SessionStore } from '../../core/stores/session-store.ts';
import { Meter } from '../../ui/meter.ts';

const TOP = 6;

/** How many sessions there are, in all and in each app. */
@Component({
  selector: 'app-session-tile',
  imports: [Meter, RouterLink],
  host: { class: 'panel' },
  template: `
    <div class="head">
      <h2>Sessions</h2>
      <p>
        <b>{{ store.count()?.active ?? '–' }}</b> <span class="faint"> active</span>
      </p>
    </div>
    @if (apps().length > 0) {
      <ul>
        @for (row of apps(); track row.app) {
          <li>
            <a class="name" routerLink="/sessions" [queryParams]="{ app: row.app }">{{ row.app }}</a>
            <ui-meter [value]="row.share" [alarming]="false" />
            <span class="figure">{{ row.active }}</span>
          </li>
        }
      </ul>
      @if (more() > 0) {
        <a class="more link" routerLink="/sessions">{{ more() }} more</a>
      }
    } @else {
      <p class="none faint">
        {{ store.countFeed.loaded() ? 'No application has told of sessions yet.' : 'Loading…' }}
      </p>
    }
  `,
  styleUrls: ['./busiest.css', './session-tile.css'],
})
export class SessionTile {
  protected readonly store = inject(SessionStore);
  private readonly all = computed(() =>
    Object.entries(this.store.count()?.byApp ?? {}).sort(([a, m], [b, n]) => n - m || a.localeCompare(b)),
  );
  protected readonly apps = computed(() => {
    const most = Math.max(1, ...this.all().map(([, active]) => active));
    return this.all()
      .slice(0, TOP)
      .map(([app, active]) => ({ app, active, share: active / most }));
  });
  protected readonly more = computed(() => this.all().length - this.apps().length);
}
