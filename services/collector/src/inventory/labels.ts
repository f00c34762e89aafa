/** What labels may take up in a message, in bytes of JSON. */
export const LABELS_LIMIT = 16 * 1024;

export interface BoundedLabels {
  labels: Record<string, string>;
  /** The names of those that were left out. */
  dropped: string[];
}

/** Keeps labels within {@link LABELS_LIMIT} by leaving out the largest. */
export function boundLabels(labels: Record<string, string>, limit = LABELS_LIMIT): BoundedLabels {
  const sized = Object.entries(labels).map(([name, value]) => ({ name, value, size: sizeOf(name, value) }));
  let total = 2 + sized.reduce((sum, { size }) => sum + size, 0);
  if (total <= limit) return { labels, dropped: [] };
  const dropped = new Set<string>();
  for (const { name, size } of sized.sort((a, b) => b.size - a.size)) {
    if (total <= limit) break;
    dropped.add(name);
    total -= size;
  }
  return {
    labels: Object.fromEntries(Object.entries(labels).filter(([name]) => !dropped.has(name))),
    dropped: [...dropped],
  };
}

/** `"name":"value",` */
function sizeOf(name: string, value: string): number {
  return Buffer.byteLength(JSON.stringify(name)) + Buffer.byteLength(JSON.stringify(value)) + 2;
}

const PROJECT_LABELS = ['com.docker.compose.project', 'io.podman.compose.project', 'com.docker.stack.namespace'];
const SERVICE_LABELS = ['com.docker.compose.service', 'io.podman.compose.service', 'com.docker.swarm.service.name'];
const LONGEST_NAME = 256;

/** The project and service that a container belongs to: as compose labels it, else as swarm does. */
export function membership(labels: Record<string, string>): { project: string | null; service: string | null } {
  const project = firstOf(labels, PROJECT_LABELS);
  const service = firstOf(labels, SERVICE_LABELS);
  // Swarm writes `<project>_<service>`.
  const plain = project !== null && service?.startsWith(`${project}_`) ? service.slice(project.length + 1) : service;
  return { project, service: plain || service };
}

function firstOf(labels: Record<string, string>, names: string[]): string | null {
  for (const name of names) {
    const value = Object.hasOwn(labels, name) ? labels[name] : undefined;
    if (value) return value.slice(0, LONGEST_NAME);
  }
  return null;
}
