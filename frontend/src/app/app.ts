import { Component, inject } from '@angular/core';
import { RouterOutlet } from '@angular/router';
import { timer } from 'rxjs';
import { Auth } from './core/auth.ts';
import { Connection } from './core/connection.ts';
import { LastState } from './core/offline/last-state.ts';
import { ShellWorker } from './core/offline/shell-worker.ts';
import { AlertStore } from './core/stores/alert-store.ts';
import { ContainerStore } from './core/stores/container-store.ts';
import { HostStore } from './core/stores/host-store.ts';
import { SessionStore } from './core/stores/session-store.ts';
import { SystemStore } from './core/stores/system-store.ts';
import { Alarms } from './shell/alarms.ts';
import { AlertNotices } from './shell/alert-notices.ts';
import { ExpiredDialog } from './features/login/expired-dialog.ts';
import { LoginPage } from './features/login/login-page.ts';
import { NewVersion } from './shell/new-version.ts';
import { Navigation } from './shell/navigation.ts';
import { SecondKey } from './shell/second-key.ts';
import { TabIcon } from './shell/tab-icon.ts';
import { AppHeader } from './shell/app-header.ts';
import { PageFocus } from './shell/page-focus.ts';
import { OutageBar } from './shell/outage-bar.ts';
import { SessionNotices } from './shell/session-notices.ts';
import { ToastRegion } from './ui/toast-region.ts';

/** The inventory, which the title needs on every page, leaves the line to what the first page shows. */
const FIRST_PAINT_MS = 3000;

/** The frame around every page, and the viewer of what every page shows. */
@Component({
  selector: 'app-root',
  imports: [AppHeader, ExpiredDialog, LoginPage, NewVersion, OutageBar, RouterOutlet, SecondKey, ToastRegion],
  template: `
    @if (auth.state().kind === 'out') {
      @defer (when true) {
        <main id="main"><app-login-page /></main>
      }
    } @else {
      <a class="skip" href="#main" (click)="skip($event, main)">Skip to content</a>
      <app-header />
      <app-outage-bar />
      <app-new-version />
      <main #main id="main" tabindex="-1"><router-outlet /></main>
      <ui-toast-region />
      <app-second-key />
      @defer (when auth.state().kind === 'expired') {
        @if (auth.state().kind === 'expired') {
          <app-expired-dialog />
        }
      }
    }
  `,
  styles: `
    .skip {
      position: absolute;
      inset: -60px auto auto 8px;
      z-index: 30;
      padding: 8px 12px;
      background: var(--surface-raised);
      border-radius: 6px;
      box-shadow: var(--shadow);
    }
    .skip:focus {
      top: 8px;
    }
    main {
      outline: none;
    }
  `,
})
export class App {
  protected readonly auth = inject(Auth);

  constructor() {
    inject(Connection).start();
    inject(LastState).start();
    inject(SystemStore).feed.watch();
    inject(HostStore).feed.watch();
    inject(AlertStore).feed.watch();
    inject(ContainerStore).feed.watch(timer(FIRST_PAINT_MS));
    const sessions = inject(SessionStore);
    sessions.countFeed.watch();
    sessions.eventFeed.watch();
    inject(SessionNotices).follow();
    inject(AlertNotices).follow();
    inject(Alarms).start();
    inject(Navigation);
    inject(TabIcon);
    inject(PageFocus);
    inject(ShellWorker).start();
  }

  /** A plain link to #main would go by <base href> to the default page. */
  skip(event: Event, main: HTMLElement): void {
    event.preventDefault();
    main.focus();
  }
}
