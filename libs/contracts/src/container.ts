import { z } from 'zod';
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
});
export type ContainerEvent = z.infer<typeof ContainerEvent>;

/** A container as topics and REST show it. */
export const Container = ContainerEvent.extend({ key: z.string(), demo: z.boolean() });
export type Container = z.infer<typeof Container>;
