import type { Routes } from '@angular/router';

export const routes: Routes = [
  {
    path: 'containers',
    title: 'Containers',
    loadComponent: () => import('./features/containers/containers-page.ts').then((file) => file.ContainersPage),
  },
  {
    path: 'containers/:host/:id',
    title: 'Container',
    loadComponent: () => import('./features/container/container-page.ts').then((file) => file.ContainerPage),
  },
  {
    path: 'sessions',
    title: 'Sessions',
    loadComponent: () => import('./features/sessions/sessions-page.ts').then((file) => file.SessionsPage),
  },
  {
    path: 'alerts',
    title: 'Alerts',
    loadComponent: () => import('./features/alerts/alerts-page.ts').then((file) => file.AlertsPage),
  },
  { path: '', pathMatch: 'full', redirectTo: 'containers' },
  { path: '**', redirectTo: 'containers' },
];
