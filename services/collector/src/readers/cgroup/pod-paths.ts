/** What the path of a pod's container is made of. */
export interface PodPlace {
  /** As the kubelet calls the pod. */
  uid: string;
  /** `Guaranteed`, `Burstable`, `BestEffort`; empty: not known. */
  qos: string;
  /** `containerd`, `cri-o`, `docker`, as the container's id begins; empty: not known. */
  runtime: string;
  /** 64 hex digits. */
  id: string;
}

/** How runtimes begin the names of their scopes: `cri-containerd-<id>.scope`. */
const SCOPE_PREFIXES: Record<string, string> = { containerd: 'cri-containerd', 'cri-o': 'crio', docker: 'docker' };
/** The quality of service as a folder: guaranteed pods lie in the root itself. */
const CLASSES: Record<string, string> = { Guaranteed: '', Burstable: 'burstable', BestEffort: 'besteffort' };
/** Clusters whose nodes are containers themselves begin one folder deeper. */
const ROOTS = ['', 'kubelet'];

/**
 * Where a pod's container may be below the root of a hierarchy, likeliest first: with the systemd driver
 * `kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod<uid>.slice/cri-containerd-<id>.scope`, with cgroupfs
 * `kubepods/burstable/pod<uid>/<id>`. Source: kubernetes/kubernetes `pkg/kubelet/cm`, cri-o `internal/config/cgmgr`.
 */
export function podCgroupPaths({ uid, qos, runtime, id }: PodPlace): string[] {
  if (!/^[\w-]+$/.test(uid) || !/^[0-9a-f]{12,}$/.test(id)) return [];
  const classes = Object.hasOwn(CLASSES, qos) ? [CLASSES[qos]!] : Object.values(CLASSES);
  const prefixes = Object.hasOwn(SCOPE_PREFIXES, runtime) ? [SCOPE_PREFIXES[runtime]!] : Object.values(SCOPE_PREFIXES);
  return ROOTS.flatMap((root) =>
    classes.flatMap((name) => [
      ...prefixes.map((prefix) => `${systemdFolder(root, name, uid)}/${prefix}-${id}.scope`),
      ...cgroupfsNames(prefixes, id).map((own) => `${cgroupfsFolder(root, name, uid)}/${own}`),
    ]),
  );
}

/** A slice lies in the slice that its name begins with; a `-` of its own would nest it deeper, so uids have `_`. */
function systemdFolder(root: string, qos: string, uid: string): string {
  const names = [root, 'kubepods', qos, `pod${uid.replaceAll('-', '_')}`].filter(Boolean);
  return names.map((_, index) => `${names.slice(0, index + 1).join('-')}.slice`).join('/');
}

function cgroupfsFolder(root: string, qos: string, uid: string): string {
  return [root, 'kubepods', qos, `pod${uid}`].filter(Boolean).join('/');
}

/** CRI-O puts its name before the id here too. */
function cgroupfsNames(prefixes: string[], id: string): string[] {
  return prefixes.includes('crio') ? (prefixes.length === 1 ? [`crio-${id}`] : [id, `crio-${id}`]) : [id];
}

/** A container that a cgroup path names. */
export interface PathOwner {
  id: string;
  /** Of the pod, with dashes; null: the path names none. */
  podUid: string | null;
  /** As the pod's status calls it; null: the path does not tell. */
  qos: 'Guaranteed' | 'Burstable' | 'BestEffort' | null;
  driver: 'systemd' | 'cgroupfs';
}

const CONTAINER = /^(?:(?:cri-containerd|crio|docker|libpod)[-:])?([0-9a-f]{64})(\.scope)?$/;
const POD = /(?:^|-)pod([0-9a-f]{8}[-_][0-9a-f]{4}[-_][0-9a-f]{4}[-_][0-9a-f]{4}[-_][0-9a-f]{12}|[0-9a-f]{32})(?:\.slice)?$/; // prettier-ignore

/**
 * Reads the container out of a path such as `/proc/<pid>/cgroup` shows it. What lies below it, as `init.scope` of a
 * container that runs systemd, and what containerd writes with colons (`<slice>:cri-containerd:<id>`, its cgroupfs form
 * of a systemd path) is its own as well; `crio-conmon-<id>.scope` is its watchman, not the container. Undefined: none.
 */
export function readPodPath(path: string): PathOwner | undefined {
  const parts = path.split(/[/:]/);
  // The innermost: a node of a cluster may be a container itself.
  const at = parts.findLastIndex((part) => CONTAINER.test(part));
  if (at < 0) return undefined;
  const [, id, scope] = CONTAINER.exec(parts[at]!)!;
  const podAt = parts.slice(0, at).findLastIndex((part) => POD.test(part));
  const uid = podAt < 0 ? undefined : POD.exec(parts[podAt]!)![1]!;
  const above = parts.slice(0, at).join('/');
  return {
    id: id!,
    podUid: uid?.replaceAll('_', '-') ?? null,
    qos: uid === undefined ? null : classOf(above),
    driver: scope || parts[podAt]?.endsWith('.slice') ? 'systemd' : 'cgroupfs',
  };
}

function classOf(above: string): PathOwner['qos'] {
  if (/kubepods[-/](?:.*[-/])?besteffort/.test(above)) return 'BestEffort';
  if (/kubepods[-/](?:.*[-/])?burstable/.test(above)) return 'Burstable';
  return above.includes('kubepods') ? 'Guaranteed' : null;
}
