/** What is needed: the names of keys (K), all usual classes (A), new keys (n); E so that other readers are served as well. */
const WANTED = 'KEAn';
/** The classes that `A` stands for. */
const ALL = 'g$lshzxetd';

/** The flags with ours added, for CONFIG SET; undefined when nothing is missing. Nothing is ever taken away. */
export function withNotifications(flags: string, wanted = WANTED): string | undefined {
  const has = (flag: string): boolean => flags.includes(flag) || (flags.includes('A') && ALL.includes(flag));
  const hasAll = [...wanted].every((flag) => (flag === 'A' ? has('A') || [...ALL].every(has) : has(flag)));
  if (hasAll) return undefined;
  return [...new Set(flags + wanted)].join('');
}

/** The same for a Redis that does not know new keys (before 7). */
export const OLDER = 'KEA';
