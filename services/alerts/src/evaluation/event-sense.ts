import type { ContainerEvent } from '@deckwatch/contracts';

type Told = Pick<ContainerEvent, 'event' | 'asked' | 'oomKilled'>;

/**
 * Whether somebody meant it to happen: an end that was asked for, though it took long, and the start after it, as with
 * `docker restart` or an update. Running out of memory is never meant.
 */
export function isMeant({ event, asked, oomKilled }: Told): boolean {
  if (asked !== true) return false;
  return event === 'restarted' || (event === 'died' && oomKilled !== true);
}

/** Tells two events of one failure from two failures: a container that runs out of memory dies of it, in either order. */
export class Failures {
  private last?: Pick<ContainerEvent, 'event' | 'startedAt'>;

  /** Whether an event tells again of the failure before it; to be asked once of each that a rule counts. */
  isSame({ event, startedAt, oomKilled }: Pick<ContainerEvent, 'event' | 'startedAt' | 'oomKilled'>): boolean {
    if (event !== 'oom' && event !== 'died') return false;
    const { last } = this;
    this.last = { event, startedAt };
    return last !== undefined && last.event !== event && last.startedAt === startedAt && oomKilled === true;
  }
}
