import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, dirname, isAbsolute, join, resolve } from 'node:path';

type Environment = Record<string, string | undefined>;

export interface Program {
  path: string;
  /** What its process needs beside our own environment: the folder of its libraries, when it was unpacked by us. */
  env: Record<string, string>;
}

/** The root of the workspace that `from` lies in: the nearest folder upwards that holds `nx.json`. */
export function workspaceRoot(from: string = process.cwd()): string {
  for (let at = resolve(from); ; at = dirname(at)) {
    if (existsSync(join(at, 'nx.json'))) return at;
    if (at === dirname(at)) return resolve(from);
  }
}

/** Where the launcher unpacks programs that the machine lacks: `bin` under DECKWATCH_DATA. */
function unpackedFolder(env: Environment): string {
  const data = env['DECKWATCH_DATA'] || '.deckwatch';
  return join(isAbsolute(data) ? data : join(workspaceRoot(), data), 'bin');
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false; // not there, or not ours to run
  }
}

/** Looks a program up on PATH, then in the system's own folders, then among what the launcher unpacked. */
export function findProgram(name: string, env: Environment = process.env): Program | undefined {
  const onPath = (env['PATH'] ?? '').split(delimiter).filter(Boolean);
  for (const folder of [...onPath, '/usr/sbin', '/usr/bin', '/sbin', '/bin']) {
    const path = join(folder, name);
    if (isExecutable(path)) return { path, env: {} };
  }
  const root = unpackedFolder(env);
  for (const folder of ['', 'usr/bin', 'usr/sbin']) {
    const path = join(root, folder, name);
    if (isExecutable(path)) return { path, env: { LD_LIBRARY_PATH: libraryFolders(root) } };
  }
  return undefined;
}

function libraryFolders(root: string): string {
  const triplet = process.arch === 'arm64' ? 'aarch64-linux-gnu' : 'x86_64-linux-gnu';
  return [join(root, 'usr/lib', triplet), join(root, 'lib', triplet)].join(delimiter);
}
