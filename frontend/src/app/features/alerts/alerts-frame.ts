import { Component } from '@angular/core';
import { RouterLink, RouterLinkActive, RouterOutlet, type IsActiveMatchOptions } from '@angular/router';

const REST = { queryParams: 'ignored', matrixParams: 'ignored', fragment: 'ignored' } as const;
const ITSELF: IsActiveMatchOptions = { paths: 'exact', ...REST };
const BELOW: IsActiveMatchOptions = { paths: 'subset', ...REST };

/** The pages about alerts: what stands now, and what decides who is told. */
@Component({
  selector: 'app-alerts-frame',
  imports: [RouterLink, RouterLinkActive, RouterOutlet],
  template: `
    <nav aria-label="Alerts">
      @for (tab of tabs; track tab.path) {
        <a
          [routerLink]="tab.path"
          routerLinkActive="here"
          ariaCurrentWhenActive="page"
          [routerLinkActiveOptions]="tab.match"
          >{{ tab.name }}</a
        >
      }
    </nav>
    <router-outlet />
  `,
  styles: `
    nav {
      display: flex;
      gap: 2px;
      padding: var(--space-2) var(--space-4) 0;
      overflow-x: auto;
      scrollbar-width: none;
    }
    a {
      flex: none;
      padding: 4px 10px;
      border-radius: 6px;
      color: var(--text-muted);
    }
    a:hover {
      background: var(--surface-hover);
      color: var(--text);
    }
    a.here {
      background: var(--surface);
      box-shadow: inset 0 0 0 1px var(--line);
      color: var(--text);
      font-weight: 550;
    }
    @media (max-width: 640px) {
      nav {
        padding-inline: var(--space-2);
      }
      a {
        padding: 11px 8px;
      }
    }
  `,
})
export class AlertsFrame {
  protected readonly tabs = [
    { path: '/alerts', name: 'Now', match: ITSELF },
    { path: '/alerts/rules', name: 'Rules', match: BELOW },
    { path: '/alerts/silences', name: 'Silences', match: BELOW },
    { path: '/alerts/channels', name: 'Channels', match: BELOW },
    { path: '/alerts/deliveries', name: 'Deliveries', match: BELOW },
  ];
}
