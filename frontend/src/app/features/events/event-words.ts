import type { Container, ContainerEventName } from '@deckwatch/contracts';
import type { IconName } from '../../ui/icon.ts';
import type { Tone } from '../../ui/tone.ts';

/** One line of the inventory's log. */
export interface Happening {
  t: number;
  host: string;
  id: string;
  name: string;
  event: string;
  exitCode: number | null;
  oomKilled: boolean;
  demo: boolean;
  /** Who was on it when it failed; null: it did not, or nobody knows. */
  people: People | null;
}

export interface People {
  /** How many were active at that moment. */
  before: number;
  /** How many of all ended within the time after it. */
  gone: number;
  withinMs: number;
}

interface Manner {
  icon: IconName;
  tone: Tone;
  words: string;
}

const MANNERS: Record<ContainerEventName, Manner> = {
  created: { icon: 'plus', tone: 'idle', words: 'was created' },
  started: { icon: 'play', tone: 'good', words: 'started' },
  healthy: { icon: 'pulse', tone: 'good', words: 'is healthy' },
  unhealthy: { icon: 'pulse', tone: 'bad', words: 'is unhealthy' },
  paused: { icon: 'pause', tone: 'warn', words: 'was paused' },
  unpaused: { icon: 'play', tone: 'good', words: 'was resumed' },
  restarted: { icon: 'refresh', tone: 'warn', words: 'restarted' },
  died: { icon: 'failed', tone: 'bad', words: 'died' },
  oom: { icon: 'alert', tone: 'bad', words: 'ran out of memory' },
  stopped: { icon: 'stop', tone: 'idle', words: 'stopped' },
  removed: { icon: 'trash', tone: 'idle', words: 'was removed' },
  renamed: { icon: 'tag', tone: 'idle', words: 'has a new name' },
  seen: { icon: 'eye', tone: 'idle', words: 'was found as it is' },
};

/** How an event of a container is shown and told. One that this console does not know yet is told by its name. */
export function mannerOf({ event, exitCode, oomKilled }: Pick<Happening, 'event' | 'exitCode' | 'oomKilled'>): Manner {
  const manner = (MANNERS as Record<string, Manner | undefined>)[event];
  if (!manner) return { icon: 'info', tone: 'idle', words: event };
  if (event !== 'died') return manner;
  const how = oomKilled ? ', out of memory' : exitCode === null ? '' : ` with exit code ${exitCode}`;
  return { ...manner, words: manner.words + how };
}

/**
 * Whom a failure hit: "312 people were on it, 118 gone within 10 s". Empty where nobody was, or nobody knows.
 * @param now by the gateway's clock, Unix ms: until the time is over more may go
 */
export function peopleWords({ t, people }: Pick<Happening, 't' | 'people'>, now: number): string {
  if (!people || (people.before === 0 && people.gone === 0)) return '';
  const { before, gone, withinMs } = people;
  const who = before === 1 ? '1 person was on it' : `${before.toLocaleString('en')} people were on it`;
  const until = now < t + withinMs ? 'so far' : `within ${withinMs / 1000} s`;
  return `${who}, ${gone === 0 ? 'none' : gone.toLocaleString('en')} gone ${until}`;
}

/** What happened to a container last, as the inventory has it. */
export function lastOf({ t, host, id, name, event, exitCode, oomKilled, demo }: Container): Happening {
  return { t, host, id, name, event, exitCode: exitCode ?? null, oomKilled: oomKilled === true, demo, people: null };
}

export function eventKey({ t, host, id, event }: Happening): string {
  return `${host}.${id}:${event}:${t}`;
}
