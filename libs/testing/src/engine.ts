import { existsSync, readFileSync, readlinkSync, readdirSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type Docker from 'dockerode';
import { ChildServer } from './child-server.ts';
import { EngineGuard } from './engine-guard.ts';
import { importImage, type LocalImage } from './engine-images.ts';
import { eventually } from './eventually.ts';
import { findProgram } from './programs.ts';

export interface EngineOptions {
  /** More arguments of dockerd: `['--live-restore']`. */
  args?: string[];
  /** How long to wait for another test's engine to end; default 10 minutes. */
  lockWaitMs?: number;
}

export interface Engine {
  socketPath: string;
  /** For DOCKER_HOST: `unix://…`. */
  dockerHost: string;
  docker: Docker;
  readonly pid: number | undefined;
  /** The end of dockerd's log. */
  readonly output: string;
  /** Ends it for good: containers, processes, mounts, bridges, files. */
  stop(): Promise<void>;
  /** SIGTERM: its containers end, its data stays for `restart`. */
  halt(): Promise<void>;
  /** SIGKILL; its data stays for `restart`. */
  kill(): Promise<void>;
  /** Starts it again on the same socket and data; ends it first where it runs. */
  restart(): Promise<void>;
  /** Makes `busybox:local` and returns that name. */
  importBusybox(): Promise<string>;
  /** Makes images of programs of this machine: `busybox:local`, `nats:local`, `redis:local`. */
  importImages<T extends LocalImage>(...images: T[]): Promise<`${T}:local`[]>;
}

/**
 * A real Docker Engine of its own, with data and socket in a temporary folder. Needs root. One at a time on a machine:
 * waits for the lock that another test holds. Clears up after itself even when the test process is killed.
 */
export async function startEngine(options: EngineOptions = {}): Promise<Engine> {
  const program = findProgram('dockerd');
  if (!program) throw new Error('dockerd not found: apt-get install docker.io iptables busybox-static');
  if (process.getuid?.() !== 0) throw new Error('an engine of its own needs root');
  const folder = await mkdtemp(join(tmpdir(), 'dw-engine-')); // short: a socket's path has at most 107 characters
  const guard = await EngineGuard.watch(folder, options.lockWaitMs ?? 600_000);
  try {
    refuseASecond();
    const socketPath = join(folder, 'docker.sock');
    const args = daemonArguments(folder, socketPath, options.args ?? []);
    const ready = /API listen on .*docker\.sock/;
    const server = new ChildServer({
      name: 'dockerd',
      program,
      args,
      ready,
      readyTimeoutMs: 60_000,
      env: searchPath(),
    });
    await server.start();
    return control(server, guard, folder, await client(socketPath));
  } catch (error) {
    await guard.finish();
    throw error;
  }
}

function daemonArguments(folder: string, socketPath: string, more: string[]): string[] {
  const roots = ['--data-root', join(folder, 'data'), '--exec-root', join(folder, 'exec'), '-p', join(folder, 'pid')];
  return [...roots, '-H', `unix://${socketPath}`, '--shutdown-timeout', '5', ...more];
}

function searchPath(): Record<string, string> {
  return { PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin:/usr/bin:/bin` };
}

/** Two daemons in one network namespace take each other's bridge and firewall rules away. */
function refuseASecond(): void {
  const own = readlinkSync('/proc/self/ns/net');
  for (const pid of readdirSync('/proc')) {
    if (!/^\d+$/.test(pid)) continue;
    try {
      if (readFileSync(`/proc/${pid}/comm`, 'utf8').trim() !== 'dockerd') continue;
      if (readlinkSync(`/proc/${pid}/ns/net`) !== own) continue;
    } catch {
      continue; // it has ended meanwhile
    }
    const cure = "unshare --net sh -c 'ip link set lo up && DECKWATCH_TEST_ENGINE=1 npm test'";
    throw new Error(
      `a dockerd (pid ${pid}) runs in this network namespace already; run the tests in their own: ${cure}`,
    );
  }
}

/** The client's library is loaded when it is needed: most tests need no engine. */
async function client(socketPath: string): Promise<Docker> {
  const { default: Client } = await import('dockerode');
  return new Client({ socketPath });
}

function control(server: ChildServer, guard: EngineGuard, folder: string, docker: Docker): Engine {
  const socketPath = join(folder, 'docker.sock');
  const importImages = async <T extends LocalImage>(...images: T[]): Promise<`${T}:local`[]> => {
    const names: `${T}:local`[] = [];
    for (const image of images) names.push(await importImage(docker, image));
    return names;
  };
  return {
    socketPath,
    dockerHost: `unix://${socketPath}`,
    docker,
    get pid() {
      return server.pid;
    },
    get output() {
      return server.output;
    },
    halt: () => server.end('SIGTERM', 30_000),
    kill: () => server.end('SIGKILL'),
    async restart() {
      await server.end('SIGTERM', 30_000);
      await forgetContainerd(folder);
      await server.start();
    },
    async stop() {
      if (server.pid !== undefined) await removeContainers(docker).catch(() => undefined); // the guard ends what is left
      await server.end('SIGTERM', 30_000);
      await guard.finish();
    },
    importBusybox: async () => (await importImages('busybox'))[0] as string,
    importImages,
  };
}

/** After a SIGKILL its containerd ends too, but dockerd takes it for alive as long as nobody has collected it. */
async function forgetContainerd(folder: string): Promise<void> {
  const file = join(folder, 'exec/containerd/containerd.pid');
  const pid = await readFile(file, 'utf8').catch(() => undefined); // a clean end removes it
  if (pid === undefined) return;
  await eventually(() => !existsSync(`/proc/${pid.trim()}`), { timeoutMs: 10_000, describe: 'the end of containerd' });
  await rm(file, { force: true });
}

/** By force, a few at a time: a daemon that is told to end waits seconds for each container that does not listen. */
async function removeContainers(docker: Docker): Promise<void> {
  const containers = await docker.listContainers({ all: true });
  for (let at = 0; at < containers.length; at += 10) {
    const some = containers.slice(at, at + 10);
    await Promise.allSettled(some.map(({ Id }) => docker.getContainer(Id).remove({ force: true, v: true })));
  }
}
