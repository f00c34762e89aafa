import type { ContainerDetails } from '@deckwatch/contracts';
import { z } from 'zod';
import { masked } from '../engine/container-details.ts';

const MOST = 200;
const MOST_OUTPUT = 2000;
const Text = z.string().max(4096).catch('');
const Texts = z.array(Text).catch([]);

const Container = z.object({
  name: Text,
  command: Texts,
  args: Texts,
  env: z.array(z.object({ name: Text })).catch([]),
  ports: z
    .array(z.object({ containerPort: z.int(), protocol: Text, hostIP: Text, hostPort: z.int().nullish().catch(null) }))
    .catch([]),
  volumeMounts: z.array(z.object({ name: Text, mountPath: Text, readOnly: z.boolean().catch(false) })).catch([]),
  resources: z.object({ limits: z.record(z.string(), z.unknown()).catch({}) }).catch({ limits: {} }),
});

const Described = z.object({
  spec: z.object({
    restartPolicy: Text,
    hostNetwork: z.boolean().catch(false),
    containers: z.array(Container).catch([]),
    initContainers: z.array(Container).catch([]),
    ephemeralContainers: z.array(Container).catch([]),
    volumes: z.array(z.record(z.string(), z.unknown())).catch([]),
  }),
});

/** What people want to know of a container, from its pod. Undefined: there is no such container in it. */
export function readPodDetails(pod: unknown, container: string): ContainerDetails | undefined {
  const { spec } = Described.parse(pod);
  const all = [...spec.containers, ...spec.initContainers, ...spec.ephemeralContainers];
  const own = all.find(({ name }) => name === container);
  if (!own) return undefined;
  return {
    command: masked([...own.command, ...own.args].join(' ')).slice(0, MOST_OUTPUT),
    ports: own.ports.slice(0, MOST).map(({ containerPort, protocol, hostIP, hostPort }) => ({
      container: containerPort,
      protocol: protocol.toLowerCase() || 'tcp',
      hostIp: hostIP || null,
      hostPort: hostPort || null,
    })),
    mounts: own.volumeMounts.slice(0, MOST).map(({ name, mountPath, readOnly }) => ({
      type: volumeType(spec.volumes.find((volume) => volume['name'] === name)),
      source: name,
      target: mountPath,
      readOnly,
    })),
    env: [...new Set(own.env.map(({ name }) => name).filter(Boolean))].slice(0, MOST).sort(),
    networks: spec.hostNetwork ? ['host'] : [],
    restartPolicy: spec.restartPolicy || 'Always',
    limits: { cpus: quantity(own.resources.limits['cpu']), memory: quantity(own.resources.limits['memory']) },
    health: null,
  };
}

/** A volume is an object of its name and one more key, the kind: `configMap`, `persistentVolumeClaim`, `hostPath`. */
function volumeType(volume: Record<string, unknown> | undefined): string {
  return Object.keys(volume ?? {}).find((key) => key !== 'name') ?? 'volume';
}

const UNITS: Record<string, number> = {
  m: 1e-3, k: 1e3, M: 1e6, G: 1e9, T: 1e12, P: 1e15, E: 1e18,
  Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40, Pi: 2 ** 50, Ei: 2 ** 60,
}; // prettier-ignore

/** `500m`, `1.5`, `128Mi`, `1e9`. Null: none, or nothing that can be read. Source: Kubernetes "Quantity". */
export function quantity(text: unknown): number | null {
  const [, digits, unit = ''] = /^(\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)([a-zA-Z]*)$/.exec(String(text ?? '')) ?? [];
  const factor = unit === '' ? 1 : Object.hasOwn(UNITS, unit) ? UNITS[unit]! : NaN;
  const value = Number(digits) * factor;
  return Number.isFinite(value) ? value : null;
}
