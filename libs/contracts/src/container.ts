import { z } from 'zod';
import { SessionImpact } from './session.ts';
import { ContainerId, Labels, Timestamp, Token, V1 } from './primitives.ts';

export const CONTAINER_STATES = ['running', 'exited', 'paused', 'restarting', 'created', 'dead', 'removing'] as const;
export const CONTAINER_EVENTS = [
  'created',
  'started',
  'healthy',
  'unhealthy',
  'paused',
  'unpaused',
  'restarted',
  'died',
  'oom',
  'stopped',
  'removed',
  'renamed',
  'seen',
] as const;

export const ContainerState = z.enum(CONTAINER_STATES);
export type ContainerState = z.infer<typeof ContainerState>;
export const ContainerEventName = z.enum(CONTAINER_EVENTS);
export type ContainerEventName = z.infer<typeof ContainerEventName>;
export const Health = z.enum(['starting', 'healthy', 'unhealthy']).nullable().describe('null: no health check');
export type Health = z.infer<typeof Health>;

/**
 * `deckwatch.containers.<host>.<id>`: what happened to a container and how it stands after it. The last message of a
 * subject is the container's state.
 */
export const ContainerEvent = z.object({
  v: V1,
  t: Timestamp,
  host: Token,
  id: ContainerId,
  name: z.string(),
  image: z.string(),
  state: ContainerState,
  health: Health,
  labels: Labels,
  project: z.string().nullable(),
  service: z.string().nullable(),
  createdAt: Timestamp.nullable(),
  startedAt: Timestamp.nullable(),
  restarts: z.int().min(0),
  exitCode: z.int().nullable(),
  oomKilled: z.boolean().nullable(),
  event: ContainerEventName,
  asked: z
    .boolean()
    .optional()
    .describe(
      'true with an exit that somebody asked for by a stop or kill, however long it took, and with the start after it',
    ),
});
export type ContainerEvent = z.infer<typeof ContainerEvent>;

/** A line of the inventory's log: what happened to a container, without what it is. */
export const Happening = ContainerEvent.pick({
  t: true,
  host: true,
  id: true,
  name: true,
  image: true,
  project: true,
  service: true,
  event: true,
  exitCode: true,
  oomKilled: true,
  restarts: true,
}).extend({
  demo: z.boolean(),
  sessions: SessionImpact.nullable().describe('who was on it when it failed; null: it did not fail, or nobody knows'),
});
export type Happening = z.infer<typeof Happening>;

/** What only the engine knows of a container. Values of environment variables never leave its host. */
export const ContainerDetails = z.object({
  command: z.string(),
  ports: z.array(
    z.object({
      container: z.int(),
      protocol: z.string(),
      hostIp: z.string().nullable(),
      hostPort: z.int().nullable().describe('null: not published'),
    }),
  ),
  mounts: z.array(z.object({ type: z.string(), source: z.string(), target: z.string(), readOnly: z.boolean() })),
  env: z.array(z.string()).describe('names only'),
  networks: z.array(z.string()),
  restartPolicy: z.string(),
  limits: z.object({
    cpus: z.number().nullable().describe('cores; null: no limit'),
    memory: z.number().nullable().describe('bytes; null: no limit'),
  }),
  health: z
    .object({ status: z.string(), failingStreak: z.int(), lastOutput: z.string() })
    .nullable()
    .describe('null: no health check'),
});
export type ContainerDetails = z.infer<typeof ContainerDetails>;

/** A container as topics and REST show it. */
export const Container = ContainerEvent.extend({ key: z.string(), demo: z.boolean() });
export type Container = z.infer<typeof Container>;
