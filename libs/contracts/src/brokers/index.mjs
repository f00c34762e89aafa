export * from './nats-access.mjs';
export * from './redis-access.mjs';
