import process from 'node:process';
import { startAnew } from '@deckwatch/service-kit/start-anew';

/**
 * At a thousand changes a second a young generation of the usual 16 MiB is swept once a second, and that takes 10 to 15
 * ms: every event of that time is late. Small sweeps are more, and take one.
 */
startAnew(process, { flags: ['--max-semi-space-size=2'] });

const { runService, tlsMaterial } = await import('@deckwatch/service-kit');
const { SessionsModule } = await import('./sessions.module.ts');
const { SESSIONS_SETTINGS } = await import('./settings.ts');

await runService({
  service: 'sessions',
  settings: SESSIONS_SETTINGS,
  check: (settings) => void tlsMaterial('REDIS', settings),
  module: () => SessionsModule,
});
