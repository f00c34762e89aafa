import { existsSync, readFileSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { homedir, userInfo } from 'node:os';
import { join } from 'node:path';
import type { Surroundings } from './engine-probe.ts';

const PROGRAMS = ['dockerd', 'podman'];
const CONNECT_MS = 500;
const PROGRAM_FOLDERS = ['/usr/bin', '/usr/sbin', '/usr/local/bin', '/usr/local/sbin', '/snap/bin', '/sbin', '/bin'];

/** Looks around for what tells why the engine at `socketPath` does not answer. */
export async function lookAround(socketPath: string): Promise<Surroundings> {
  return {
    installed: isInstalled(),
    otherSockets: await listening(usualSockets().filter((path) => path !== socketPath)),
    socketGroup: groupOf(socketPath),
    systemd: existsSync('/run/systemd/system'),
    contained: existsSync('/.dockerenv') && !isInstalled(),
    user: userName(),
  };
}

function isInstalled(): boolean {
  return PROGRAMS.some((program) => PROGRAM_FOLDERS.some((folder) => existsSync(join(folder, program))));
}

/** The sockets of Docker itself, rootless Docker, Docker Desktop, Podman, Colima, Rancher Desktop, Lima. */
function usualSockets(): string[] {
  const home = homedir();
  const run = `/run/user/${process.getuid?.() ?? 0}`;
  return [
    '/var/run/docker.sock',
    `${run}/docker.sock`,
    `${home}/.docker/run/docker.sock`,
    `${home}/.docker/desktop/docker.sock`,
    `${home}/.colima/default/docker.sock`,
    `${home}/.rd/docker.sock`,
    `${home}/.lima/docker/sock/docker.sock`,
    '/run/podman/podman.sock',
    `${run}/podman/podman.sock`,
  ];
}

/** Those at which somebody listens. A socket's file stays behind when its engine has ended. */
async function listening(paths: string[]): Promise<string[]> {
  const answers = await Promise.all(paths.map((path) => answersAt(path)));
  return paths.filter((_, index) => answers[index]);
}

function answersAt(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ path, timeout: CONNECT_MS });
    const done = (answered: boolean): void => {
      socket.destroy();
      resolve(answered);
    };
    socket.on('connect', () => done(true));
    socket.on('timeout', () => done(false));
    socket.on('error', () => done(false));
  });
}

function groupOf(path: string): string | null {
  try {
    const { gid } = statSync(path);
    const line = readFileSync('/etc/group', 'utf8')
      .split('\n')
      .find((entry) => entry.split(':')[2] === String(gid));
    return line?.split(':')[0] ?? null;
  } catch {
    return null;
  }
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return 'root';
  }
}
