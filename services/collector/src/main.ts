import process from 'node:process';
import { startAnew } from '@deckwatch/service-kit/start-anew';

/**
 * What keeps this process small: one runs on every host. The C library gives memory back that was needed for parsing
 * the program (saves about 20 MB), and the young generation of the heap stays small, because a sweep leaves little
 * behind.
 */
startAnew(process, {
  flags: ['--max-semi-space-size=1'],
  environment: { MALLOC_MMAP_THRESHOLD_: '32768', MALLOC_TRIM_THRESHOLD_: '32768', MALLOC_TOP_PAD_: '4096' },
});

const { runService } = await import('@deckwatch/service-kit');
const { CollectorModule } = await import('./collector.module.ts');
const { COLLECTOR_SETTINGS } = await import('./settings.ts');

await runService({
  service: 'collector',
  settings: COLLECTOR_SETTINGS,
  module: (context) => CollectorModule.for(context),
});
