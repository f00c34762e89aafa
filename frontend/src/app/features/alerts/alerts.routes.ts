import type { Routes } from '@angular/router';

export const alertRoutes: Routes = [
  {
    path: '',
    loadComponent: () => import('./alerts-frame.ts').then((file) => file.AlertsFrame),
    children: [
      {
        path: '',
        pathMatch: 'full',
        title: 'Alerts',
        loadComponent: () => import('./alerts-page.ts').then((file) => file.AlertsPage),
      },
      {
        path: 'rules',
        title: 'Alert rules',
        loadComponent: () => import('./rules/rules-page.ts').then((file) => file.RulesPage),
      },
      {
        path: 'rules/:id',
        title: 'Alert rule',
        loadComponent: () => import('./rules/rule-page.ts').then((file) => file.RulePage),
      },
      {
        path: 'silences',
        title: 'Silences',
        loadComponent: () => import('./silences/silences-page.ts').then((file) => file.SilencesPage),
      },
      {
        path: 'channels',
        title: 'Channels',
        loadComponent: () => import('./channels/channels-page.ts').then((file) => file.ChannelsPage),
      },
      {
        path: 'deliveries',
        title: 'Deliveries',
        loadComponent: () => import('./deliveries/deliveries-page.ts').then((file) => file.DeliveriesPage),
      },
    ],
  },
];
