import { execFile, spawn } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type Docker from 'dockerode';
import { findProgram } from './programs.ts';

const run = promisify(execFile);

/** `docker import` needs no registry: an image is a program of this machine, its libraries and a shell. */
const IMAGES = {
  busybox: { programs: [], changes: ['CMD ["/bin/sh"]'] },
  nats: {
    programs: ['nats-server'],
    changes: ['ENTRYPOINT ["/bin/nats-server"]', 'CMD ["-js", "-sd", "/data", "-m", "8222"]', 'EXPOSE 4222 8222'],
  },
  redis: {
    programs: ['redis-server'],
    changes: ['ENTRYPOINT ["/bin/redis-server"]', 'CMD ["--save", "", "--protected-mode", "no"]', 'EXPOSE 6379'],
  },
  // What docker-compose.yml builds on.
  node: { programs: ['node'], changes: [] },
  nginx: { programs: ['nginx'], changes: [] },
  'redis-tools': { programs: ['redis-server', 'redis-cli'], changes: [] },
} as const satisfies Record<string, { programs: string[]; changes: string[] }>;

export type LocalImage = keyof typeof IMAGES;

const SHELL_TOOLS = ['sh', 'ls', 'cat', 'echo', 'nc', 'sleep', 'wget', 'httpd', 'ps', 'kill', 'ip', 'dd', 'head', 'tail', 'yes', 'true', 'false', 'test', 'rm', 'mkdir', 'touch', 'sync', 'date', 'seq', 'timeout', 'awk', 'grep', 'tr', 'sha256sum']; // prettier-ignore

/** Makes `<image>:local` in that engine and returns its name. */
export async function importImage<T extends LocalImage>(docker: Docker, image: T): Promise<`${T}:local`> {
  const folder = await mkdtemp(join(tmpdir(), 'deckwatch-image-'));
  try {
    const { programs, changes } = IMAGES[image];
    await layOut(folder, programs);
    await importTree(docker, folder, image, ['ENV PATH=/bin', ...changes]);
    return `${image}:local`;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Writes the file system of an image, without what it starts, as a tar file. */
export async function writeImageTree(image: LocalImage, file: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'deckwatch-image-'));
  try {
    await layOut(folder, IMAGES[image].programs);
    await run('tar', ['-C', folder, '-cf', file, '.']);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function layOut(root: string, programs: readonly string[]): Promise<void> {
  for (const folder of ['bin', 'tmp', 'data', 'etc', 'proc', 'sys', 'dev']) await mkdir(join(root, folder));
  await copyProgram(root, 'busybox');
  for (const tool of SHELL_TOOLS) await symlink('busybox', join(root, 'bin', tool));
  await writeFile(join(root, 'etc/passwd'), 'root:x:0:0:root:/:/bin/sh\n');
  await writeFile(join(root, 'etc/group'), 'root:x:0:\n');
  await writeFile(join(root, 'etc/nsswitch.conf'), 'hosts: files dns\n');
  for (const program of programs) await copyProgram(root, program);
}

async function copyProgram(root: string, name: string): Promise<void> {
  const program = findProgram(name);
  if (!program) throw new Error(`${name} not found: an image is made of this machine's own programs`);
  const real = await realpath(program.path); // Debian's redis-server is a link to another name
  await copyFile(real, join(root, 'bin', name));
  const { stdout } = await run('ldd', [real]).catch(() => ({ stdout: '' })); // it fails on a static program
  for (const [library] of stdout.matchAll(/\/[^ ]+\.so[^ ]*/g)) {
    await mkdir(join(root, dirname(library)), { recursive: true });
    await copyFile(library, join(root, library));
  }
}

async function importTree(docker: Docker, root: string, image: string, changes: string[]): Promise<void> {
  const tar = spawn('tar', ['-C', root, '-c', '.'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const options = { repo: image, tag: 'local', changes: changes.join('\n') };
  const answer = await docker.importImage(tar.stdout, options);
  await new Promise<void>((resolve, reject) => {
    docker.modem.followProgress(answer, (error) => (error ? reject(error) : resolve()));
  });
}
