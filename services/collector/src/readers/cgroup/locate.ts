import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What is known of a container whose cgroup is looked for. */
export interface Whereabouts {
  fullId: string;
  pid: number;
  cgroupParent: string;
  /** Likely paths below the root. */
  cgroupPaths?: readonly string[];
}

/**
 * The path of a container in the hierarchy of one controller, below its root, from the text of `/proc/<pid>/cgroup`
 * (`7:memory:/docker/<id>`, unified `0::/system.slice/docker-<id>.scope`). The path is cut after the part that names
 * the container: what runs inside may have made groups of its own. Undefined where no part names it.
 */
export function pathInProcText(text: string, controller: string | null, id: string): string | undefined {
  for (const line of text.split('\n')) {
    const [, controllers = '', ...rest] = line.split(':');
    const fits = controller === null ? controllers === '' : controllers.split(',').includes(controller);
    if (!fits) continue;
    const parts = rest.join(':').split('/');
    const named = parts.findIndex((part) => names(part, id));
    if (named < 0) continue;
    // Seen from another cgroup namespace the path climbs first: /../docker-<id>.scope
    return parts
      .slice(0, named + 1)
      .filter((part) => part !== '' && part !== '..')
      .join('/');
  }
  return undefined;
}

/** Whether a folder is the container's. Podman and CRI-O keep a watchman beside it, in `<engine>-conmon-<id>.scope`. */
function names(folder: string, id: string): boolean {
  return folder.includes(id) && !folder.includes('conmon');
}

/** `a-b.slice` lies in `a.slice`: how systemd nests slices. */
export function sliceFolders(slice: string): string {
  const words = slice.replace(/\.slice$/, '').split('-');
  return words.map((_, index) => `${words.slice(0, index + 1).join('-')}.slice`).join('/');
}

/** Where engines put their containers: both cgroup drivers, and a parent of the user's choice. */
export function usualPaths(id: string, cgroupParent: string): string[] {
  const paths = [`docker/${id}`, `system.slice/docker-${id}.scope`, `machine.slice/libpod-${id}.scope`];
  if (!cgroupParent) return paths;
  const own = cgroupParent.endsWith('.slice')
    ? `${sliceFolders(cgroupParent)}/docker-${id}.scope`
    : `${cgroupParent.replace(/^\/+|\/+$/g, '')}/${id}`;
  return [own, ...paths];
}

const SEARCH_DEPTH = 5;
const SEARCH_FOLDERS = 1000;

/** Looks for a folder that names the container, breadth first, in a bounded number of folders. */
function search(root: string, id: string): string | undefined {
  let level = [''];
  let seen = 0;
  for (let depth = 0; depth < SEARCH_DEPTH && level.length > 0; depth += 1) {
    const next: string[] = [];
    for (const folder of level) {
      if ((seen += 1) > SEARCH_FOLDERS) return undefined;
      for (const name of foldersIn(join(root, folder))) {
        const path = folder === '' ? name : `${folder}/${name}`;
        if (names(name, id)) return path;
        next.push(path);
      }
    }
    level = next;
  }
  return undefined;
}

function foldersIn(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []));
  } catch {
    return [];
  }
}

function procText(procRoot: string, pid: number): string {
  if (pid <= 0) return '';
  try {
    return readFileSync(join(procRoot, String(pid), 'cgroup'), 'utf8');
  } catch {
    return '';
  }
}

/** Where a hierarchy is mounted, null: nowhere; and the controller that it is for, null: all, the unified one. */
export interface Hierarchy {
  root: string | null;
  controller: string | null;
}

/**
 * The folders of a container in the hierarchies of `controllers` (name to root; the name null is the unified one).
 * The first is found by asking the kernel, else in the usual places, else by looking; undefined: it is not here. The
 * others have the same path as a rule, and where the kernel says something else, that.
 */
export function locate<K extends string>(
  roots: Record<K, Hierarchy>,
  leading: NoInfer<K>,
  wanted: Whereabouts,
  procRoot: string,
): Record<K, string | null> | undefined {
  const text = procText(procRoot, wanted.pid);
  const lead = roots[leading];
  if (lead.root === null) return undefined;
  const path =
    firstThatExists(lead.root, [
      pathInProcText(text, lead.controller, wanted.fullId),
      ...(wanted.cgroupPaths ?? []),
      ...usualPaths(wanted.fullId, wanted.cgroupParent),
    ]) ?? search(lead.root, wanted.fullId);
  if (path === undefined) return undefined;
  const found = {} as Record<K, string | null>;
  for (const key of Object.keys(roots) as K[]) {
    const { root, controller } = roots[key];
    const below =
      root === null ? undefined : firstThatExists(root, [pathInProcText(text, controller, wanted.fullId), path]);
    found[key] = below === undefined ? null : join(root!, below);
  }
  return found;
}

function firstThatExists(root: string, paths: (string | undefined)[]): string | undefined {
  return paths.find((path) => path !== undefined && existsSync(join(root, path)));
}
