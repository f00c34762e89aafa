import { runService, tlsMaterial } from '@deckwatch/service-kit';
import { AlertsModule } from './alerts.module.ts';
import { ALERTS_SETTINGS } from './settings.ts';

await runService({
  service: 'alerts',
  settings: ALERTS_SETTINGS,
  check: (settings) => void tlsMaterial('REDIS', settings),
  module: () => AlertsModule,
});
