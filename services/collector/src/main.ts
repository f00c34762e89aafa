import process from 'node:process';
import { becomeLean } from './lean-process.ts';

becomeLean(process);

const { runService } = await import('@deckwatch/service-kit');
const { CollectorModule } = await import('./collector.module.ts');
const { COLLECTOR_SETTINGS } = await import('./settings.ts');

await runService({
  service: 'collector',
  settings: COLLECTOR_SETTINGS,
  module: (context) => CollectorModule.for(context),
});
