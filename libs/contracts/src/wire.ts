/** What the browser needs at run time: no schema library comes with it. Everything else it takes as types. */
export * from './alert-news.ts';
export * from './app-places.ts';
export * from './columns.ts';
export * from './flags.ts';
export * from './metrics.ts';
export * from './server-frames.ts';
export * from './subjects.ts';
export * from './topics.ts';
export type * from './system.ts';
export { formatBytes, formatDuration, formatPercent, formatRate } from './units.ts';
