import { z } from 'zod';

/**
 * Pods as the API server sends them (core/v1), cut down to what is shown and read with care: what a part lacks is
 * unknown. Source: Kubernetes API reference, "Pod v1 core".
 */
const Text = z.string().max(4096).catch('');
const YEAR_2000 = 946_684_800_000;

/** Whole seconds as a rule. Go writes the year 1 for a time that is not known. */
const Time = z
  .string()
  .transform((text) => Date.parse(text))
  .pipe(z.number().min(YEAR_2000).max(8.64e15))
  .nullish()
  .catch(null)
  .transform((time) => time ?? null);

const Texts = z
  .record(z.string(), z.unknown())
  .transform(
    (all) =>
      Object.fromEntries(Object.entries(all).filter(([, value]) => typeof value === 'string')) as Record<
        string,
        string
      >,
  )
  .catch({});

/** Lines that are none are left out. */
function listOf<S extends z.ZodType>(line: S) {
  return z
    .array(z.unknown())
    .catch([])
    .transform((lines) =>
      lines.flatMap((one) => {
        const read = line.safeParse(one);
        return read.success ? [read.data as z.output<S>] : [];
      }),
    );
}

const Terminated = z.object({
  exitCode: z.int().nullable().catch(null),
  reason: Text,
  startedAt: Time,
  finishedAt: Time,
  containerID: Text,
});
export type Terminated = z.output<typeof Terminated>;

const State = z
  .object({
    running: z.object({ startedAt: Time }).optional().catch(undefined),
    terminated: Terminated.optional().catch(undefined),
  })
  .catch({});

const ContainerStatus = z.object({
  name: z.string().min(1).max(253),
  state: State,
  lastState: State,
  ready: z.boolean().catch(false),
  restartCount: z.int().min(0).catch(0),
  image: Text,
  containerID: Text,
  /** Whether its startup probe has passed; unknown before 1.16. */
  started: z.boolean().nullish().catch(null),
});
export type ContainerStatus = z.output<typeof ContainerStatus>;

const Seconds = (fallback: number) => z.number().min(0).max(86_400).catch(fallback);
const Probe = z
  .object({ initialDelaySeconds: Seconds(0), periodSeconds: Seconds(10), failureThreshold: Seconds(3) })
  .optional()
  .catch(undefined);
export type Probe = NonNullable<z.output<typeof Probe>>;

const Container = z.object({
  name: z.string().min(1).max(253),
  image: Text,
  restartPolicy: Text,
  readinessProbe: Probe,
  startupProbe: Probe,
});
export type Container = z.output<typeof Container>;

const Owner = z.object({ kind: Text, name: Text, controller: z.boolean().catch(false) });
export type Owner = z.output<typeof Owner>;

export const Pod = z.object({
  metadata: z.object({
    name: z.string().min(1).max(253),
    namespace: z.string().min(1).max(253),
    uid: z.string().min(1).max(100),
    resourceVersion: Text,
    creationTimestamp: Time,
    deletionTimestamp: Time,
    labels: Texts,
    annotations: Texts,
    ownerReferences: listOf(Owner),
  }),
  spec: z.object({
    hostNetwork: z.boolean().catch(false),
    restartPolicy: Text,
    containers: listOf(Container),
    initContainers: listOf(Container),
    ephemeralContainers: listOf(Container),
  }),
  status: z
    .object({
      phase: Text,
      qosClass: Text,
      containerStatuses: listOf(ContainerStatus),
      initContainerStatuses: listOf(ContainerStatus),
      ephemeralContainerStatuses: listOf(ContainerStatus),
    })
    .catch({
      phase: '',
      qosClass: '',
      containerStatuses: [],
      initContainerStatuses: [],
      ephemeralContainerStatuses: [],
    }),
});
export type Pod = z.output<typeof Pod>;

export const PodList = z.object({
  metadata: z.object({ resourceVersion: Text, continue: Text }),
  items: z.array(z.unknown()).nullish().catch(null),
});

/** A line of a watch: an object, a bookmark, or a fault such as `{code:410}`. */
export const WatchLine = z.object({
  type: z.enum(['ADDED', 'MODIFIED', 'DELETED', 'BOOKMARK', 'ERROR']),
  object: z.looseObject({
    code: z.int().optional().catch(undefined),
    message: Text,
    metadata: z.looseObject({ resourceVersion: Text }).optional().catch(undefined),
  }),
});

export const ServerVersion = z.object({ gitVersion: z.string().max(100).nullable().catch(null) });

/** The uid that the kubelet itself uses: of a pod from a file on the node it is not the one that the API server shows. */
export function kubeletUid({ metadata }: Pod): string {
  const mirror = Object.hasOwn(metadata.annotations, 'kubernetes.io/config.mirror');
  return (mirror && metadata.annotations['kubernetes.io/config.hash']) || metadata.uid;
}
