import type { SortKey } from './container-order.ts';

export interface Column {
  key: SortKey;
  label: string;
  /** What a screen reader and the column menu say where the label is short. */
  spoken?: string;
  className: string;
}

/** In the order of the table. The first one is always there. */
export const COLUMNS: readonly Column[] = [
  { key: 'name', label: 'Name', className: 'name' },
  { key: 'state', label: 'State', className: 'state' },
  { key: 'project', label: 'Project / service', className: 'project' },
  { key: 'image', label: 'Image', className: 'image' },
  { key: 'host', label: 'Host', className: 'host' },
  { key: 'people', label: 'People', spoken: 'Active sessions', className: 'num people' },
  { key: 'cpu', label: 'CPU', className: 'num cpu' },
  { key: 'mem', label: 'Memory', className: 'num mem' },
  { key: 'rx', label: 'Net in', className: 'num rate net' },
  { key: 'tx', label: 'Net out', className: 'num rate net' },
  { key: 'rd', label: 'Read', spoken: 'Disk read', className: 'num rate disk' },
  { key: 'wr', label: 'Write', spoken: 'Disk write', className: 'num rate disk' },
  { key: 'pids', label: 'Pids', spoken: 'Processes', className: 'num pids' },
  { key: 'restarts', label: 'Restarts', className: 'num restarts' },
  { key: 'uptime', label: 'Uptime', className: 'num uptime' },
];
/** Known only where a source of sessions says what its app runs on. */
export const NEEDS_PLACES: SortKey = 'people';
export const USUALLY_HIDDEN: readonly SortKey[] = ['image'];
