import { choice, COMMON_SETTINGS, integer } from '@deckwatch/service-kit';
import { z } from 'zod';
import { isEngineHost } from './engine/engine-address.ts';
import { KUBE_SETTINGS } from './kube/kube-settings.ts';

export const COLLECTOR_SETTINGS = {
  ...COMMON_SETTINGS,
  /** The sampling period in milliseconds. */
  DECKWATCH_INTERVAL_MS: integer(250, 60_000, 1000),
  /** Where containers are listed: Docker's API, or Kubernetes with the node's kubelet. */
  DECKWATCH_SOURCE: choice(['auto', 'docker', 'kubelet'], 'auto'),
  ...KUBE_SETTINGS,
  /** How counters are read: `cgroup` from the kernel's files, `engine` by Docker's stats API or the kubelet's. */
  DECKWATCH_READER: choice(['auto', 'cgroup', 'engine'], 'auto'),
  /** Whether each container's sample is published alone too, beside the sweep. */
  DECKWATCH_SINGLE_SUBJECTS: choice(['on', 'off'], 'on'),
  /** How many lines of its log are kept of a container that died, ran out of memory or became unhealthy; 0: none. */
  DECKWATCH_LAST_LINES: integer(0, 40, 40),
  DECKWATCH_CGROUP_ROOT: z.string().default('/sys/fs/cgroup'),
  DECKWATCH_PROC_ROOT: z.string().default('/proc'),
  /** What this host is called; default: as the engine calls itself, NODE_NAME, the machine's name. */
  DECKWATCH_HOST_NAME: z.string().max(200).optional(),
  DOCKER_HOST: z.string().refine(isEngineHost, 'allowed: unix:///path/of/docker.sock or tcp://host:port').optional(),
  DOCKER_TLS_VERIFY: z.string().optional(),
  DOCKER_CERT_PATH: z.string().optional(),
};

export type CollectorSettings = Readonly<z.output<z.ZodObject<typeof COLLECTOR_SETTINGS>>>;
