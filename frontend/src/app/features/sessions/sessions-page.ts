import { Component, inject, signal } from '@angular/core';
import { RouterOutlet } from '@angular/router';
import { SourceStore } from '../../core/stores/source-store.ts';
import { SessionApps } from './session-apps.ts';
import { SessionLately } from './session-lately.ts';
import { SessionSources } from './session-sources.ts';
import { SessionTable } from './session-table.ts';
import { SessionView } from './session-view.ts';

/** Who is there: counts by app, the sessions themselves, and who comes and goes. */
@Component({
  selector: 'app-sessions-page',
  imports: [RouterOutlet, SessionApps, SessionLately, SessionSources, SessionTable],
  providers: [SessionView],
  template: `
    <div class="page" [class.covered]="opened()">
      <h1 class="visually-hidden">Sessions</h1>
      <app-session-apps />
      <div class="columns">
        <app-session-table />
        <div class="side">
          <app-session-lately />
          <app-session-sources />
        </div>
      </div>
    </div>
    <router-outlet (activate)="opened.set(true)" (deactivate)="opened.set(false)" />
  `,
  styles: `
    .columns {
      display: grid;
      grid-template-columns: minmax(0, 2fr) minmax(320px, 1fr);
      gap: var(--space-3);
      align-items: start;
    }
    .side {
      display: grid;
      grid-template-columns: minmax(0, 1fr);
      gap: var(--space-3);
    }
    /* Beside a session that is open the list keeps its place, and what happens goes below it. */
    @media (min-width: 1200px) {
      .covered {
        padding-right: calc(var(--narrow-sheet) + var(--space-3));
      }
      .covered .columns {
        grid-template-columns: minmax(0, 1fr);
      }
    }
    @media print {
      .covered {
        display: none;
      }
    }
    @media (max-width: 1000px) {
      .columns {
        grid-template-columns: minmax(0, 1fr);
      }
    }
  `,
})
export class SessionsPage {
  protected readonly opened = signal(false);

  constructor() {
    inject(SourceStore).watch();
  }
}
