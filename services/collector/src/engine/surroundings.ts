import { existsSync, readFileSync, statSync } from 'node:fs';
import { homedir, userInfo } from 'node:os';
import { delimiter, join } from 'node:path';
import type { Surroundings } from './engine-probe.ts';

const PROGRAMS = ['dockerd', 'podman'];
const PROGRAM_FOLDERS = ['/usr/bin', '/usr/sbin', '/usr/local/bin', '/usr/local/sbin', '/snap/bin', '/sbin', '/bin'];

/** Looks around for what tells why the engine at `socketPath` does not answer. */
export function lookAround(socketPath: string): Surroundings {
  return {
    installed: isInstalled(),
    otherSockets: usualSockets().filter((path) => path !== socketPath && isSocket(path)),
    socketGroup: groupOf(socketPath),
    systemd: existsSync('/run/systemd/system'),
    contained: existsSync('/.dockerenv') && !isInstalled(),
    user: userName(),
  };
}

function isInstalled(): boolean {
  const folders = [...new Set([...(process.env['PATH'] ?? '').split(delimiter), ...PROGRAM_FOLDERS])].filter(Boolean);
  return PROGRAMS.some((program) => folders.some((folder) => existsSync(join(folder, program))));
}

/** The sockets of Docker itself, rootless Docker, Docker Desktop, Podman, Colima, Rancher Desktop, Lima. */
function usualSockets(): string[] {
  const home = homedir();
  const run = process.env['XDG_RUNTIME_DIR'] ?? `/run/user/${process.getuid?.() ?? 0}`;
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

function isSocket(path: string): boolean {
  try {
    return statSync(path).isSocket();
  } catch {
    return false;
  }
}

function groupOf(path: string): string | null {
  try {
    const { gid } = statSync(path);
    const line = readFileSync('/etc/group', 'utf8').split('\n').find((entry) => entry.split(':')[2] === String(gid));
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
