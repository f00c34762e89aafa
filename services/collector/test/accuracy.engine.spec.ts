import { realpathSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename } from 'node:path';
import { performance } from 'node:perf_hooks';
import type { ContainerCreateOptions } from 'dockerode';
import { describeWith, eventually, silentLog, startEngine, type Engine as RealEngine } from '@deckwatch/testing';
import { DockerEngine } from '../src/engine/docker-engine.ts';
import type { Engine, EngineInfo } from '../src/engine/engine.ts';
import type { Figures } from '../src/rates/counters.ts';
import { CgroupReader } from '../src/readers/cgroup/cgroup-reader.ts';
import { findLayout } from '../src/readers/cgroup/layout.ts';
import { EngineReader } from '../src/readers/engine/engine-reader.ts';
import type { Reader, ReadTarget } from '../src/readers/reader.ts';
import { ContainerTag } from '../src/sweep/container-tag.ts';
import { dockerStats } from './docker-stats.ts';

const READINGS = 22;
const SHM = 256 * 1024 * 1024;
/** Memory that stays, so that a process more or less is not a percent. Figures count from when it is there. */
const BALLAST_BYTES = 64 * 1024 * 1024;
const BALLAST = `head -c ${BALLAST_BYTES} /dev/zero > /dev/shm/ballast; `;

/** Since Linux 6.10 cgroup v1 counts a disk only where a limit is set for it, however high. */
const DISK = '/dev/' + basename(realpathSync(`/sys/dev/block/${deviceOf(tmpdir())}`));

/** `major:minor` of the disk that a folder is on. */
function deviceOf(folder: string): string {
  const { dev } = statSync(folder);
  return `${(dev >> 8) & 0xfff}:${dev & 0xff}`;
}

const LOADS: Record<string, Partial<ContainerCreateOptions>> = {
  cpu: { Cmd: ['sh', '-c', `${BALLAST} while :; do :; done`] },
  memory: {
    Cmd: [
      'sh',
      '-c',
      `${BALLAST} while :; do dd if=/dev/shm/ballast of=/dev/shm/copy bs=64k conv=notrunc 2>/dev/null; sleep 0.2; done`,
    ],
  },
  network: {
    Cmd: ['sh', '-c', `${BALLAST} while :; do head -c 1000000 /dev/zero | nc -w 1 $PEER 9000; sleep 0.05; done`],
  },
  disk: {
    Cmd: [
      'sh',
      '-c',
      `${BALLAST} while :; do dd if=/dev/zero of=/data/file bs=64k count=16 oflag=direct 2>/dev/null; sleep 0.05; done`,
    ],
    HostConfig: { ShmSize: SHM, BlkioDeviceWriteBps: [{ Path: DISK, Rate: 10 ** 11 }] },
  },
  idle: { Cmd: ['sh', '-c', `${BALLAST} exec sleep 1000`] },
};

interface Pair {
  docker: { cpu: number; mem: number };
  ours: Figures;
}

/** How far apart: points of CPU percent, and percent of each figure. */
function errors({ docker, ours }: Pair) {
  const cpu = Math.abs(ours.cpu - docker.cpu);
  return { cpu, cpuRelative: (100 * cpu) / docker.cpu, mem: (100 * Math.abs(ours.mem - docker.mem)) / docker.mem };
}

function read(reader: Reader): Figures | undefined {
  let found: Figures | undefined;
  reader.sweep((_, figures) => (found = { ...figures }));
  return found;
}

/** Reads one container with both readers at the moment at which the stats API answers. */
class Comparison {
  readonly cgroup: Pair[] = [];
  readonly engine: Pair[] = [];
  /** Answers in which docker's own clocks did not agree. */
  unsound = 0;
  readonly readers: Reader[];

  constructor(target: ReadTarget, engine: Engine, info: EngineInfo, leastMem: number) {
    const steady = (): number => performance.now();
    const layout = findLayout('/sys/fs/cgroup')!;
    const cgroupReader = new CgroupReader({ layout, procRoot: '/proc', steady, log: silentLog });
    const tee: Pick<Engine, 'stats'> = {
      stats: (id, onAnswer) =>
        engine.stats(id, (answer) => {
          const files = read(cgroupReader);
          onAnswer(answer);
          const docker = dockerStats(answer);
          const api = read(engineReader);
          if (!docker || docker.mem < leastMem) return;
          if (!docker.sound) return void (this.unsound += 1);
          if (files) this.cgroup.push({ docker, ours: files });
          if (api) this.engine.push({ docker, ours: api });
        }),
    };
    const engineReader: EngineReader = new EngineReader({
      engine: tee,
      size: () => info,
      intervalMs: 1000,
      steady,
      log: silentLog,
    });
    this.readers = [cgroupReader, engineReader];
    for (const reader of this.readers) reader.watch(target);
  }

  close(): void {
    for (const reader of this.readers) reader.close();
  }
}

describeWith('engine')('figures beside those of docker stats', () => {
  let real: RealEngine;
  const comparisons = new Map<string, Comparison>();

  beforeAll(async () => {
    real = await startEngine();
    await real.importBusybox();
    const engine = await DockerEngine.at({ kind: 'unix', socketPath: real.socketPath }, silentLog);
    const info = await engine.info();
    const peer = await run('peer', { Cmd: ['sh', '-c', 'while :; do nc -l -p 9000 > /dev/null; done'] });
    const { NetworkSettings } = await real.docker.getContainer(peer).inspect();
    for (const [name, load] of Object.entries(LOADS)) {
      const id = await run(name, {
        ...load,
        Env: [`PEER=${NetworkSettings.Networks['bridge']!.IPAddress}`],
        Volumes: { '/data': {} },
      });
      const { pid, cgroupParent } = (await engine.inspect(id))!;
      const target = {
        id: name,
        fullId: id,
        pid: pid ?? 0,
        cgroupParent,
        network: 'own',
        bornAt: null,
        tag: new ContainerTag('box', name, name),
      } as const;
      comparisons.set(
        name,
        new Comparison(target, engine, info, name === 'memory' ? 2 * BALLAST_BYTES : BALLAST_BYTES),
      );
    }
    const counts = (): number[] =>
      [...comparisons.values()].flatMap(({ cgroup, engine: api }) => [cgroup.length, api.length]);
    await eventually(() => expect(Math.min(...counts())).toBeGreaterThanOrEqual(READINGS), {
      timeoutMs: 90_000,
      everyMs: 200,
      describe: `${READINGS} readings of each container`,
    });
  }, 180_000);

  afterAll(async () => {
    for (const comparison of comparisons.values()) comparison.close();
    await real?.stop();
  });

  async function run(name: string, options: Partial<ContainerCreateOptions>): Promise<string> {
    const container = await real.docker.createContainer({
      name,
      Image: 'busybox:local',
      HostConfig: { ShmSize: SHM },
      ...options,
    });
    await container.start();
    return container.id;
  }

  const cases = Object.keys(LOADS).flatMap((load) =>
    (['cgroup', 'engine'] as const).map((reader) => [reader, load] as const),
  );

  it.each(cases)('of the %s reader under %s load', (reader, load) => {
    const pairs = comparisons.get(load)![reader];
    const found = pairs.map(errors);
    const largest = (key: 'cpu' | 'cpuRelative' | 'mem'): string =>
      Math.max(...found.map((error) => error[key])).toFixed(2);
    const mean = (pairs.reduce((sum, { docker }) => sum + docker.cpu, 0) / pairs.length).toFixed(1);
    process.stdout.write(
      `largest error, ${reader} reader, ${load}: CPU ${largest('cpu')} points (${largest('cpuRelative')} %) of ${mean} %, memory ${largest('mem')} %, ${pairs.length} readings, ${comparisons.get(load)!.unsound} left out\n`,
    );
    expect(pairs.length).toBeGreaterThanOrEqual(20);
    for (const { cpu, cpuRelative, mem } of found) {
      expect(cpu <= 2 || cpuRelative <= 5).toBe(true);
      expect(mem).toBeLessThanOrEqual(1);
    }
  });

  it('of network and disk are those that the loads make', () => {
    const network = comparisons.get('network')!;
    const disk = comparisons.get('disk')!;
    for (const reader of ['cgroup', 'engine'] as const) {
      expect(network[reader].at(-1)!.ours.tx).toBeGreaterThan(100_000);
      expect(disk[reader].at(-1)!.ours.wr).toBeGreaterThan(100_000);
      expect(comparisons.get('idle')![reader].at(-1)!.ours).toMatchObject({ wr: 0, pids: 1 });
    }
  });
});
