export * from './backoff.ts';
export * from './bucket.ts';
export * from './bus.ts';
export * from './log.ts';
export * from './rpc-fault.ts';
export { faultsOf, type RpcHandlers } from './rpc.ts';
export * from './stream-pages.ts';
export * from './stream-tail.ts';
export * from './subject-log.ts';
