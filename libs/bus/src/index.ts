export * from './backoff.ts';
export * from './bucket.ts';
export * from './bus.ts';
export * from './log.ts';
export { faultsOf, type RpcHandlers } from './rpc.ts';
export * from './rpc-fault.ts';
export * from './stream-tail.ts';
export * from './subject-log.ts';
