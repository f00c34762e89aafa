import type { Routes } from '@angular/router';

export const routes: Routes = [
  {
    path: 'overview',
    title: 'Overview',
    loadComponent: () => import('./features/overview/overview-page.ts').then((file) => file.OverviewPage),
  },
  {
    path: 'containers',
    title: 'Containers',
    loadComponent: () => import('./features/containers/containers-page.ts').then((file) => file.ContainersPage),
    children: [
      {
        path: ':host/:id',
        title: 'Container',
        loadComponent: () => import('./features/container/container-page.ts').then((file) => file.ContainerPage),
      },
    ],
  },
  {
    path: 'sessions',
    title: 'Sessions',
    loadComponent: () => import('./features/sessions/sessions-page.ts').then((file) => file.SessionsPage),
    children: [
      {
        path: ':app/:id',
        title: 'Session',
        loadComponent: () => import('./features/sessions/session-page.ts').then((file) => file.SessionPage),
      },
    ],
  },
  {
    path: 'alerts',
    loadChildren: () => import('./features/alerts/alerts.routes.ts').then((file) => file.alertRoutes),
  },
  {
    path: 'settings',
    title: 'Settings',
    loadComponent: () => import('./features/settings/settings-page.ts').then((file) => file.SettingsPage),
  },
  { path: '', pathMatch: 'full', redirectTo: 'overview' },
  { path: '**', redirectTo: 'overview' },
];
