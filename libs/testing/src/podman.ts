import { execFile } from 'node:child_process';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type Docker from 'dockerode';
import { ChildServer } from './child-server.ts';
import { EngineGuard } from './engine-guard.ts';
import { writeImageTree } from './engine-images.ts';
import { findProgram } from './programs.ts';

export interface Podman {
  socketPath: string;
  docker: Docker;
  /** Ends it for good: containers, processes, mounts, files. */
  stop(): Promise<void>;
}

const LOCK_WAIT_MS = 600_000;
/** With runc: Debian 12's crun refuses to run where both versions of cgroups are mounted. */
const CONFIGURATION = `[containers]
netns = "none"
[engine]
cgroup_manager = "cgroupfs"
events_logger = "file"
lock_type = "file"
runtime = "runc"
`;
/** Podman would ask for more than the kernel lets it, where its own limits were lowered. */
export const PODMAN_LIMITS = [
  { Name: 'nofile', Soft: 1024, Hard: 1024 },
  { Name: 'nproc', Soft: 4096, Hard: 4096 },
];

/**
 * A real Podman that serves Docker's API, with its data in a temporary folder and the image `busybox:local`. Containers
 * have no network. Needs root. Waits for the lock that another test's engine holds.
 */
export async function startPodman(): Promise<Podman> {
  const program = findProgram('podman');
  if (!program) throw new Error('podman not found: apt-get install podman');
  const folder = await mkdtemp(join(tmpdir(), 'dw-engine-')); // short: a socket's path has at most 107 characters
  const guard = await EngineGuard.watch(folder, LOCK_WAIT_MS);
  try {
    const socketPath = join(folder, 'podman.sock');
    const conf = join(folder, 'containers.conf');
    await writeFile(conf, CONFIGURATION);
    const env = { CONTAINERS_CONF: conf, PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin:/usr/bin:/bin` };
    const places = ['--root', join(folder, 'data'), '--runroot', join(folder, 'run'), '--tmpdir', join(folder, 'tmp')];
    const global = [...places, '--storage-driver', 'vfs'];
    const archive = join(folder, 'busybox.tar');
    await writeImageTree('busybox', archive);
    await promisify(execFile)(program.path, [...global, 'import', '--change', 'ENV PATH=/bin', archive, 'busybox:local'], { env: { ...process.env, ...env } }); // prettier-ignore
    const args = ['--log-level', 'info', ...global, 'system', 'service', '--time', '0', `unix://${socketPath}`];
    const server = new ChildServer({ name: 'podman', program, args, ready: /API service listening/, env });
    await server.start();
    const { default: Client } = await import('dockerode');
    const docker = new Client({ socketPath });
    const stop = async (): Promise<void> => {
      const containers = await docker.listContainers({ all: true }).catch(() => []);
      await Promise.allSettled(containers.map(({ Id }) => docker.getContainer(Id).remove({ force: true, v: true })));
      await server.end('SIGTERM', 5000);
      await guard.finish();
    };
    return { socketPath, docker, stop };
  } catch (error) {
    await guard.finish();
    throw error;
  }
}
