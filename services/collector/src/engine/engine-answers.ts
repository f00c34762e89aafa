import { CONTAINER_STATES, Health, type ContainerState } from '@deckwatch/contracts';
import { z } from 'zod';
import type { ContainerFacts, EngineAction, EngineEvent, EngineInfo, ListedContainer } from './engine.ts';
import { ENGINE_ACTIONS, PODMAN_ACTIONS } from './engine.ts';

/**
 * What an engine answers, read with care: other engines speak Docker's language too, and names and labels are whatever
 * users put there. What a part lacks becomes unknown; what is no container at all is refused.
 */
const FullId = z.string().regex(/^[0-9a-f]{64}$/);
const Text = z.string().max(4096).catch('');
const YEAR_2000 = 946_684_800_000;

/** Go writes the year 1 for a time that has not come. */
const Time = z
  .string()
  .transform((text) => Date.parse(text))
  .pipe(z.number().min(YEAR_2000).max(8.64e15).transform(Math.floor))
  .nullable()
  .catch(null);

const State = z.enum(CONTAINER_STATES).catch('exited');

const Labels = z
  .record(z.string(), z.unknown())
  .transform(
    (labels) =>
      Object.fromEntries(Object.entries(labels).filter(([, value]) => typeof value === 'string')) as Record<
        string,
        string
      >,
  )
  .catch({});

const Info = z.object({
  ID: Text,
  Name: Text,
  ServerVersion: z.string().max(200).nullable().catch(null),
  NCPU: z.int().min(1).catch(1),
  MemTotal: z.number().min(1).nullable().catch(null),
  KernelVersion: z.string().max(200).nullable().catch(null),
  SystemTime: Time,
  Labels: z.array(z.string()).catch([]),
});

const Listed = z.object({ Id: FullId, State, Names: z.array(Text).catch([]), Status: Text });

const Inspected = z.object({
  Id: FullId,
  Name: Text,
  Created: Time,
  RestartCount: z.int().min(0).catch(0),
  State: z.object({
    Status: State,
    Pid: z.int().min(0).catch(0),
    ExitCode: z.int().nullable().catch(null),
    OOMKilled: z.boolean().nullable().catch(null),
    StartedAt: Time,
    FinishedAt: Time,
    Health: z
      .object({ Status: z.string().catch('none') })
      .nullable()
      .catch(null),
  }),
  Config: z.object({ Image: Text, Labels }).catch({ Image: '', Labels: {} }),
  HostConfig: z.object({ NetworkMode: Text, CgroupParent: Text }).catch({ NetworkMode: '', CgroupParent: '' }),
});

const Event = z.object({
  Type: z.literal('container').optional(),
  Action: z.string().optional(),
  status: z.string().optional(),
  id: z.string().optional(),
  Actor: z.object({ ID: z.string().catch(''), Attributes: Labels }).catch({ ID: '', Attributes: {} }),
  time: z.number().min(0).catch(0),
  timeNano: z.number().min(0).catch(0),
});

/** Throws ZodError for what is no answer of an engine. */
export function readInfo(answer: unknown): EngineInfo {
  const info = Info.parse(answer);
  return {
    id: info.ID,
    name: info.Name,
    version: info.ServerVersion,
    cpus: info.NCPU,
    memTotal: info.MemTotal,
    kernel: info.KernelVersion,
    time: info.SystemTime,
    labels: info.Labels,
  };
}

/** Lines that are no containers are left out. */
export function readList(answer: unknown): ListedContainer[] {
  return z
    .array(z.unknown())
    .parse(answer)
    .flatMap((line) => {
      const listed = Listed.safeParse(line);
      return listed.success ? [listedContainer(listed.data)] : [];
    });
}

/** The status is a sentence for people: `Up 5 seconds (healthy)`, `Up 1 second (health: starting)`. */
function listedContainer({ Id, State: state, Names, Status }: z.output<typeof Listed>): ListedContainer {
  const word = /\((?:health: )?(\w+)\)/.exec(Status)?.[1];
  return {
    id: Id,
    state,
    name: plainName(Names[0] ?? '') || Id.slice(0, 12),
    health: isAlive(state) ? readHealth(word) : null,
  };
}

/** Throws ZodError for what is no container. */
export function readInspection(answer: unknown): ContainerFacts {
  const { Id, Name, Created, RestartCount, State: state, Config, HostConfig } = Inspected.parse(answer);
  return {
    id: Id,
    name: plainName(Name) || Id.slice(0, 12),
    image: Config.Image,
    state: state.Status,
    health: isAlive(state.Status) ? readHealth(state.Health?.Status) : null,
    labels: Config.Labels,
    createdAt: Created,
    startedAt: state.StartedAt,
    finishedAt: state.FinishedAt,
    restartCount: RestartCount,
    exitCode: state.ExitCode,
    oomKilled: state.OOMKilled,
    pid: state.Pid,
    networkMode: HostConfig.NetworkMode,
    cgroupParent: HostConfig.CgroupParent,
  };
}

/** Undefined for events of other things, and for actions that change nothing that is shown. */
export function readEvent(answer: unknown): EngineEvent | undefined {
  const parsed = Event.safeParse(answer);
  if (!parsed.success) return undefined;
  const { Actor, Action, status, id, time, timeNano } = parsed.data;
  const [said, word] = (Action ?? status ?? '').split(':', 2) as [string, string | undefined];
  const action = Object.hasOwn(PODMAN_ACTIONS, said) ? PODMAN_ACTIONS[said]! : said;
  const full = Actor.ID || id || '';
  const nano = timeNano || time * 1e9;
  if (!isAction(action) || !FullId.safeParse(full).success || !(nano > 0) || nano > 8.64e21) return undefined;
  const attributes = Actor.Attributes;
  const exitCode = Number.parseInt(attributes['exitCode'] ?? '', 10);
  return {
    id: full,
    action,
    t: Math.floor(nano / 1e6),
    nano,
    name: plainName(attributes['name'] ?? '').slice(0, 4096) || full.slice(0, 12),
    image: (attributes['image'] ?? '').slice(0, 4096),
    health: action === 'health_status' ? readHealth(word?.trim()) : null,
    exitCode: Number.isSafeInteger(exitCode) ? exitCode : null,
    attributes,
  };
}

export function isAlive(state: ContainerState): boolean {
  return state === 'running' || state === 'paused';
}

function isAction(text: string): text is EngineAction {
  return (ENGINE_ACTIONS as readonly string[]).includes(text);
}

function readHealth(word: string | undefined): Health {
  return Health.safeParse(word).data ?? null;
}

/** The engine writes names with a slash before them. */
function plainName(name: string): string {
  return name.replace(/^\/+/, '');
}
