import { readdirSync, existsSync } from 'node:fs';
import { join } from 'node:path';

/** Where the controllers of the mounted cgroup hierarchies are. */
export type CgroupLayout =
  | { version: 2; root: string }
  | { version: 1; cpuacct: string; memory: string | null; pids: string | null; blkio: string | null };

/**
 * Looks at what is mounted under `root`: one unified hierarchy (v2), or one folder a controller or pair of controllers
 * (v1, also "hybrid", where `unified` exists beside them but holds no controllers). Undefined: neither.
 */
export function findLayout(root: string): CgroupLayout | undefined {
  if (existsSync(join(root, 'cgroup.controllers'))) return { version: 2, root };
  const v1 = controllerFolders(root);
  const cpuacct = v1.get('cpuacct');
  if (cpuacct) {
    const { memory = null, pids = null, blkio = null } = Object.fromEntries(v1);
    return { version: 1, cpuacct, memory, pids, blkio };
  }
  const unified = join(root, 'unified');
  return existsSync(join(unified, 'cgroup.controllers')) ? { version: 2, root: unified } : undefined;
}

/** Folders such as `cpu,cpuacct` hold two controllers; links between them are as good. */
function controllerFolders(root: string): Map<string, string> {
  const folders = new Map<string, string>();
  for (const name of names(root)) {
    for (const controller of name.split(',')) {
      if (!folders.has(controller) || name === controller) folders.set(controller, join(root, name));
    }
  }
  return folders;
}

function names(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
