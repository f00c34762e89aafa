import { Component } from '@angular/core';
import { RouterLink, RouterLinkActive, RouterOutlet } from '@angular/router';

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
          [routerLinkActiveOptions]="{ exact: tab.path === '/alerts' }"
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
      background: var(--surface-hover);
      color: var(--text);
      font-weight: 550;
    }
    @media (max-width: 640px) {
      nav {
        padding-inline: var(--space-2);
      }
      a {
        padding: 9px 10px;
      }
    }
  `,
})
export class AlertsFrame {
  protected readonly tabs = [
    { path: '/alerts', name: 'Now' },
    { path: '/alerts/rules', name: 'Rules' },
    { path: '/alerts/silences', name: 'Silences' },
    { path: '/alerts/channels', name: 'Channels' },
    { path: '/alerts/deliveries', name: 'Deliveries' },
  ];
}
