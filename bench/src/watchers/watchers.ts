import { setTimeout as sleep } from 'node:timers/promises';
import { startEngine, startNats } from '@deckwatch/testing';
import { costOf } from '../process-tree.ts';
import { report, type Figures } from '../report.ts';
import { rotated, Rounds } from '../rounds.ts';
import { startContainers, type ContainerLoad } from './busy-containers.ts';
import { watchByCollector } from './deckwatch-watcher.ts';
import { dockerVersion, watchByDockerStats } from './docker-stats.ts';
import { netdataVersion, watchByNetdata } from './netdata.ts';
import type { Scene, WatcherKind } from './watcher.ts';

const KINDS: Record<string, WatcherKind> = {
  'collector, cgroup': (scene) => watchByCollector('cgroup', scene),
  'collector, engine': (scene) => watchByCollector('engine', scene),
  'docker stats': watchByDockerStats,
  'netdata, containers only': (scene) => watchByNetdata('containers', scene),
  'netdata, as packaged': (scene) => watchByNetdata('usual', scene),
};
const NOBODY = 'nobody';

export interface WatchersBench {
  containers: number;
  seconds: number;
  /** Until the code is compiled and what is done once for each container is done. */
  warmup: number;
  rounds: number;
  load: ContainerLoad;
  /** Those whose name holds one of these, `collector,docker`. */
  only: string;
}

/** What it costs to show the same containers once a second, each watcher alone, the engine's part included. */
export async function benchWatchers(options: WatchersBench): Promise<void> {
  const kinds = Object.keys(KINDS).filter((name) => options.only.split(',').some((part) => name.includes(part)));
  const rounds = new Rounds();
  const engine = await startEngine();
  const nats = await startNats();
  const scene = { engine, containers: options.containers, natsUrl: nats.url };
  try {
    const dockerd = (await engine.docker.version()).Version;
    await startContainers(engine, options.containers, options.load);
    for (let turn = 0; turn < options.rounds; turn += 1) {
      await sleep(3000);
      const idle = await engineMs(scene, options.seconds);
      rounds.note(NOBODY, { 'engine, % of a core': percent(idle, options.seconds) });
      for (const name of rotated(kinds, turn)) {
        const figures = await measure(KINDS[name]!, scene, options, idle);
        if (figures) rounds.note(name, figures);
        process.stdout.write(
          figures ? `${name}: ${JSON.stringify(figures)}\n` : `${name}: not installed here, left out\n`,
        );
      }
    }
    const versions = { docker: dockerVersion() ?? 'none', netdata: netdataVersion() ?? 'none', dockerd };
    report(`collector-peers-${options.containers}`, { ...options, ...versions }, rounds.figures([NOBODY, ...kinds]));
  } finally {
    await nats.stop();
    await engine.stop();
  }
}

async function measure(
  kind: WatcherKind,
  scene: Scene,
  { containers, seconds, warmup }: WatchersBench,
  idleMs: number,
): Promise<Figures | undefined> {
  const watcher = await kind(scene);
  if (!watcher) return undefined;
  try {
    await sleep(warmup * 1000);
    await watcher.seen(warmup);
    const before = costOf(watcher.pid);
    const engineUsed = await engineMs(scene, seconds);
    const after = costOf(watcher.pid);
    const own = after.cpuMs - before.cpuMs;
    const forIt = engineUsed - idleMs;
    return {
      'containers shown a second': await watcher.seen(seconds),
      'ms a container and second': own / containers / seconds,
      'ms of the engine for it': forIt / containers / seconds,
      'ms, both': (own + forIt) / containers / seconds,
      '% of a core, both': percent(own + forIt, seconds),
      'resident MiB': after.rss / 1024 / 1024,
    };
  } finally {
    await watcher.stop();
  }
}

/** CPU of the engine with all that it started, but for the containers themselves, in so many seconds. */
async function engineMs({ engine }: Scene, seconds: number): Promise<number> {
  const before = costOf(engine.pid!).cpuMs;
  await sleep(seconds * 1000);
  return costOf(engine.pid!).cpuMs - before;
}

const percent = (cpuMs: number, seconds: number): number => cpuMs / seconds / 10;
