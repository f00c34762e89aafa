import { runService } from '@deckwatch/service-kit';
import { CollectorModule } from './collector.module.ts';
import { COLLECTOR_SETTINGS } from './settings.ts';

await runService({ service: 'collector', settings: COLLECTOR_SETTINGS, module: (context) => CollectorModule.for(context) });
