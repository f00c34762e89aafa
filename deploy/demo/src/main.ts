import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Bus, faultOf } from '@deckwatch/bus';
import { brokerAddress, createLog, readSettings, SettingsError, systemClock } from '@deckwatch/service-kit';
import { Demo } from './demo.ts';
import { DEMO_SETTINGS } from './demo.settings.ts';

/** The launcher never starts the demo again by itself while this file is there. */
const REMOVED = 'demo-removed';

async function run(signal: AbortSignal, stop: () => void): Promise<void> {
  const settings = readSettings(DEMO_SETTINGS, process.env);
  const { DECKWATCH_DATA: data } = settings;
  const log = createLog('demo', settings.DECKWATCH_LOG_LEVEL);
  const bus = await Bus.connect({ ...brokerAddress(settings), name: 'deckwatch-demo', log, signal });
  const socketPath = settings.DECKWATCH_DEMO_SOCKET ?? join(data, 'demo.sock');
  mkdirSync(dirname(socketPath), { recursive: true });
  const onRemoval = (): void => {
    writeFileSync(join(data, REMOVED), `${new Date().toISOString()}\n`);
    log.info('removed on request');
  };
  const { DECKWATCH_DEMO_SEED: seed, DECKWATCH_DEMO_CONTAINERS: containers } = settings;
  const demo = new Demo({ bus, log, clock: systemClock, seed, containers, socketPath, onRemoval, onRemoved: stop });
  await demo.start();
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
  setTimeout(() => process.exit(0), 3000).unref();
  await demo.stop();
}

const stopping = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => stopping.abort());
try {
  await run(stopping.signal, () => stopping.abort());
  process.exit(0);
} catch (error) {
  if (stopping.signal.aborted) process.exit(0);
  process.stderr.write(error instanceof SettingsError ? `${error.message}\n` : `demo: ${faultOf(error)}\n`);
  process.exit(1);
}
