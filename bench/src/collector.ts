import { setTimeout as sleep } from 'node:timers/promises';
import { isStatsSweep, type StatsSweep } from '@deckwatch/contracts';
import { eventually, startEngine, startNats, testBus } from '@deckwatch/testing';
import { costOf } from './process-tree.ts';
import { readingFloor } from './reading-floor.ts';
import { report, round } from './report.ts';
import { startService } from './service.ts';
import { startContainers, type ContainerLoad } from './watchers/busy-containers.ts';

export interface CollectorBench {
  containers: number;
  seconds: number;
  warmup: number;
  reader: string;
  load: ContainerLoad;
  singles: string;
}

/** CPU of the collector's whole process tree for each running container and sweep, and its memory. */
export async function benchCollector(options: CollectorBench): Promise<void> {
  const engine = await startEngine();
  const nats = await startNats();
  const bus = await testBus(nats);
  const collector = startService('collector', {
    NATS_URL: nats.url,
    DOCKER_HOST: engine.dockerHost,
    DECKWATCH_READER: options.reader,
    DECKWATCH_SINGLE_SUBJECTS: options.singles,
    DECKWATCH_HOST_NAME: 'bench',
  });
  try {
    await startContainers(engine, options.containers, options.load);
    let last: StatsSweep | undefined;
    const sweeps: StatsSweep[] = [];
    bus.subscribe('deckwatch.stats.bench', (message) => {
      const sweep = message.json();
      if (isStatsSweep(sweep)) sweeps.push((last = sweep));
    });
    await eventually(() => last?.rows.length === options.containers, { timeoutMs: 60_000, describe: 'a full sweep' });
    await sleep(options.warmup * 1000); // long enough that the code is compiled
    sweeps.length = 0;
    const before = costOf(collector.pid);
    const engineBefore = costOf(engine.pid!);
    await sleep(options.seconds * 1000);
    const after = costOf(collector.pid);
    const engineAfter = costOf(engine.pid!);
    collector.pause(); // or it would warm the files for the other
    const floorMs = await readingFloor(collector.pid, 20);
    const figureCount = sweeps.flatMap(({ rows }) => rows.flatMap((row) => row.slice(1)));
    const samples = sweeps.length * options.containers;
    const cpuMs = after.cpuMs - before.cpuMs;
    report('collector', { ...options }, {
      'sweeps seen': sweeps.length,
      'fewest rows in a sweep': Math.min(...sweeps.map(({ rows }) => rows.length)),
      'figures that were null': figureCount.filter((figure) => figure === null).length,
      'CPU ms per container and sweep': round(cpuMs / samples, 4),
      'of which the kernel for its files, at least': round(floorMs / options.containers, 4),
      'CPU percent of one core': round((cpuMs / (options.seconds * 1000)) * 100, 2),
      'engine CPU percent of one core': round(((engineAfter.cpuMs - engineBefore.cpuMs) / (options.seconds * 1000)) * 100, 2),
      'resident MiB': round(after.rss / 1024 / 1024, 1),
    }); // prettier-ignore
  } finally {
    await collector.stop();
    await bus.close();
    await nats.stop();
    await engine.stop();
  }
}
