export type StreamAccess = 'read' | 'purge' | 'own';
export type BucketAccess = 'read' | 'write';
export interface NatsUser {
  publish?: string[];
  subscribe?: string[];
  unheard?: string[];
  answers?: string[];
  streams?: Record<string, StreamAccess>;
  buckets?: Record<string, BucketAccess>;
  outside?: true;
}
export interface NatsPermissions {
  publish: { allow?: string[]; deny?: string[] };
  subscribe: { allow?: string[]; deny?: string[] };
}
export const NATS_USERS: Record<string, NatsUser>;
export const READER: 'reader';
export const OPS: 'ops';
export const GUEST: 'guest';
export function inboxPrefix(user: string): string;
export function storageOf(user: string): {
  streams: Record<string, StreamAccess>;
  buckets: Record<string, BucketAccess>;
};
export function natsPermissions(user: string): NatsPermissions | undefined;
export function natsAuthorization(passwordOf: (user: string) => string, unknown?: string): string;

export const REDIS_OPS: 'ops';
export const REDIS_USERS: Record<string, string>;
export function redisRules(user: string): string;
export function redisAcl(credentialOf: (user: string) => string): string;
