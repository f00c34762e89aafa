import { COMMON_SETTINGS, runService } from '@deckwatch/service-kit';
import { HistoryModule } from './history.module.ts';

await runService({ service: 'history', settings: COMMON_SETTINGS, module: () => HistoryModule });
