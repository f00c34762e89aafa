import { shortId } from '@deckwatch/contracts';
import type { EngineAction, EngineEvent } from '../engine/engine.ts';
import type { PodContainer, Run } from './pod-containers.ts';

/**
 * What happened to a container between two looks at it, in the order in which it did. Each run that began or ended is
 * told once with its own time, also one that began and ended between the two.
 * @param before undefined: it was not there
 */
export function happenings(before: PodContainer | undefined, after: PodContainer, now: number): EngineEvent[] {
  const told: EngineEvent[] = [];
  if (!before) told.push(event('create', after, after.facts.createdAt ?? now));
  for (const run of after.runs) {
    const known = before?.runs.find(({ id }) => id === run.id);
    if (!known) told.push(event('start', within(after, run), run.startedAt));
    if (run.ended && known?.ended !== true) told.push(...ends(after, run));
  }
  return [...told, ...healthChange(before, after, now)];
}

/** Kubernetes shows it no more. */
export function vanished(before: PodContainer, endWanted: boolean, now: number): EngineEvent[] {
  const run = before.runs.at(-1)!;
  const told: EngineEvent[] = [];
  // Nobody says how it ended.
  if (!run.ended)
    told.push(...ends({ ...before, endWanted }, { ...run, ended: true, finishedAt: now, exitCode: null }));
  return [...told, event('destroy', before, now)];
}

function ends(after: PodContainer, run: Run): EngineEvent[] {
  const shown = within(after, run);
  const told: EngineEvent[] = [];
  if (run.oomKilled) told.push(event('oom', shown, run.finishedAt));
  if (after.endWanted) told.push(event('kill', shown, run.finishedAt));
  return [...told, event('die', shown, run.finishedAt, { exitCode: run.exitCode })];
}

function healthChange(before: PodContainer | undefined, after: PodContainer, now: number): EngineEvent[] {
  const { health } = after.facts;
  const sameRun = before?.runs.at(-1)?.id === after.runs.at(-1)!.id;
  const last = sameRun ? before!.facts.health : null;
  if (health === null || health === last) return [];
  return [event('health_status', after, Math.max(now, after.facts.startedAt ?? 0), { health })];
}

/** The container as it stood in that run. */
function within(after: PodContainer, run: Run): PodContainer {
  const { facts } = after;
  const current = run.id === after.runs.at(-1)!.id;
  const { startedAt, exitCode, oomKilled } = run;
  const { allRestarts = 0, ...others } = facts;
  const ended = { state: current && facts.state !== 'running' ? facts.state : 'restarting', health: null } as const;
  return {
    ...after,
    facts: {
      ...others,
      ...(current && { allRestarts }),
      startedAt,
      exitCode,
      oomKilled,
      ...(run.ended ? ended : {}),
      finishedAt: run.ended ? run.finishedAt : null,
    },
  };
}

/** A double tells nanoseconds of today apart by 256. */
const TOLD_APART_NS = 512;
let count = 0;

function event(
  action: EngineAction,
  { facts }: PodContainer,
  t: number,
  over: Partial<Pick<EngineEvent, 'exitCode' | 'health'>> = {},
): EngineEvent {
  count = (count + 1) % 1000;
  return {
    id: shortId(facts.id),
    action,
    t,
    nano: t * 1e6 + count * TOLD_APART_NS, // no two are the same
    name: facts.name,
    image: facts.image,
    health: null,
    exitCode: null,
    attributes: facts.labels,
    facts,
    ...over,
  };
}
