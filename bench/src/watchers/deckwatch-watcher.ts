import { isStatsSweep } from '@deckwatch/contracts';
import { eventually, testBus } from '@deckwatch/testing';
import { startService } from '../service.ts';
import { WATCHING_MS, type Scene, type Watcher } from './watcher.ts';

/** Deckwatch's collector with one of its readers, the message for each container switched on. */
export async function watchByCollector(reader: string, { engine, containers, natsUrl }: Scene): Promise<Watcher> {
  const bus = await testBus({ url: natsUrl });
  const collector = startService('collector', {
    NATS_URL: natsUrl,
    DOCKER_HOST: engine.dockerHost,
    DECKWATCH_READER: reader,
    DECKWATCH_HOST_NAME: 'bench',
  });
  let rows = 0;
  let latest = 0;
  bus.subscribe('deckwatch.stats.bench', (message) => {
    const sweep = message.json();
    if (!isStatsSweep(sweep)) return;
    latest = sweep.rows.length;
    rows += latest;
  });
  const stop = async (): Promise<void> => {
    await collector.stop();
    await bus.close();
  };
  try {
    await eventually(() => latest === containers, { timeoutMs: WATCHING_MS, describe: 'a full sweep' });
  } catch (error) {
    await stop();
    throw error;
  }
  const seen = (seconds: number): Promise<number> => {
    const count = rows / seconds;
    rows = 0;
    return Promise.resolve(count);
  };
  return { pid: collector.pid, seen, stop };
}
