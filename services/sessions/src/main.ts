import { runService, tlsMaterial } from '@deckwatch/service-kit';
import { SessionsModule } from './sessions.module.ts';
import { SESSIONS_SETTINGS } from './settings.ts';

await runService({
  service: 'sessions',
  settings: SESSIONS_SETTINGS,
  check: (settings) => void tlsMaterial('REDIS', settings),
  module: () => SessionsModule,
});
