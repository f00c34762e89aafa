import { runService } from '@deckwatch/service-kit';
import { SessionsModule } from './sessions.module.ts';
import { SESSIONS_SETTINGS } from './settings.ts';

await runService({ service: 'sessions', settings: SESSIONS_SETTINGS, module: () => SessionsModule });
