import { createHash } from 'node:crypto';
import type { ContainerDetails, ContainerState, Health } from '@deckwatch/contracts';
import { readDetails } from '../src/engine/container-details.ts';
import type { EngineAddress } from '../src/engine/engine-address.ts';
import type {
  ContainerFacts,
  Engine,
  EngineAction,
  EngineEvent,
  EngineInfo,
  EngineStream,
  ListedContainer,
} from '../src/engine/engine.ts';

/** The id of a container that a test calls by a word. */
export function fullId(word: string): string {
  return createHash('sha256').update(word).digest('hex');
}

export function someFacts(over: Partial<ContainerFacts> = {}): ContainerFacts {
  return {
    id: fullId('web'),
    name: 'web',
    image: 'nginx:1',
    state: 'running',
    health: null,
    labels: {},
    createdAt: 900,
    startedAt: 1000,
    finishedAt: null,
    restartCount: 0,
    exitCode: 0,
    oomKilled: false,
    pid: 4242,
    networkMode: 'bridge',
    cgroupParent: '',
    ...over,
  };
}

export function someEvent(action: EngineAction, t: number, over: Partial<EngineEvent> = {}): EngineEvent {
  return {
    id: fullId('web'),
    action,
    t,
    nano: t * 1e6,
    name: 'web',
    image: 'nginx:1',
    health: null,
    exitCode: null,
    attributes: {},
    ...over,
  };
}

interface Follower {
  onEvent(event: EngineEvent): void;
  end(): void;
}

/** An engine that a test plays: containers that it starts and ends, calls that it lets fail. */
export class FakeEngine implements Engine {
  address: EngineAddress = { kind: 'unix', socketPath: '/nowhere/docker.sock' };
  readonly containers = new Map<string, ContainerFacts>();
  readonly history: EngineEvent[] = [];
  readonly calls: string[] = [];
  readonly feeds = new Map<string, Set<(answer: unknown) => void>>();
  /** What every call rejects with; undefined: it is up. */
  fault: Error | undefined;
  engineInfo: EngineInfo = {
    id: 'ENGINE-1',
    name: 'box',
    version: '1.0',
    cpus: 4,
    memTotal: 8e9,
    kernel: null,
    time: null,
    labels: [],
  };
  private readonly followers = new Set<Follower>();

  constructor(private readonly now: () => number) {}

  ping = (): Promise<void> => this.call('ping', () => undefined);
  info = (): Promise<EngineInfo> => this.call('info', () => ({ ...this.engineInfo, time: this.now() }));

  list = (): Promise<ListedContainer[]> =>
    this.call('list', () =>
      [...this.containers.values()].map(({ id, name, state, health }) => ({ id, name, state, health })),
    );

  inspect = (id: string): Promise<ContainerFacts | undefined> =>
    this.call(`inspect ${id.slice(0, 12)}`, () =>
      [...this.containers.values()].find((container) => container.id.startsWith(id)),
    );

  details = (id: string): Promise<ContainerDetails | undefined> =>
    this.call(`details ${id}`, () =>
      [...this.containers.values()].some((container) => container.id.startsWith(id)) ? readDetails({}) : undefined,
    );

  /** What each container, by its short id, has written. */
  readonly logs = new Map<string, string>();
  logTail = (id: string): Promise<Buffer | undefined> =>
    this.call(`logs ${id}`, () => {
      const text = this.logs.get(id);
      return text === undefined ? undefined : Buffer.from(text);
    });

  events = (sinceMs: number, onEvent: (event: EngineEvent) => void): Promise<EngineStream> =>
    this.call('events', () => {
      let end: () => void = () => undefined;
      const ended = new Promise<void>((resolve) => (end = resolve));
      const follower = { onEvent, end };
      this.followers.add(follower);
      for (const event of this.history) if (event.t >= sinceMs) onEvent(event);
      const close = (): void => {
        this.followers.delete(follower);
        end();
      };
      return { close, ended };
    });

  stats = (id: string, onAnswer: (answer: unknown) => void): Promise<EngineStream | undefined> =>
    this.call(`stats ${id.slice(0, 12)}`, () => {
      const feeds = this.feeds.get(id) ?? new Set();
      this.feeds.set(id, feeds.add(onAnswer));
      let end: () => void = () => undefined;
      const ended = new Promise<void>((resolve) => (end = resolve));
      const close = (): void => {
        feeds.delete(onAnswer);
        end();
      };
      return { close, ended };
    });

  /** The engine goes away: its streams end, its calls fail. */
  goAway(): void {
    this.fault = Object.assign(new Error('connect ENOENT'), { code: 'ENOENT' });
    this.endStreams();
  }

  endStreams(): void {
    for (const { end } of this.followers) end();
    this.followers.clear();
  }

  comeBack(): void {
    this.fault = undefined;
  }

  /** Tells an event, and keeps it for those who ask for the past. */
  emit(event: EngineEvent): void {
    this.history.push(event);
    for (const { onEvent } of this.followers) onEvent(event);
  }

  create(word: string, over: Partial<ContainerFacts> = {}): string {
    const id = fullId(word);
    const facts = someFacts({
      id,
      name: word,
      state: 'created',
      startedAt: null,
      createdAt: this.now(),
      pid: 0,
      ...over,
    });
    this.containers.set(id, facts);
    this.happen(word, 'create');
    return id;
  }

  start(word: string): void {
    this.change(word, { state: 'running', startedAt: this.now(), finishedAt: null, pid: 4000 + this.containers.size });
    this.happen(word, 'start');
  }

  die(word: string, exitCode: number, state: ContainerState = 'exited', over: Partial<ContainerFacts> = {}): void {
    this.change(word, { state, exitCode, finishedAt: this.now(), pid: 0, health: null, ...over });
    this.happen(word, 'die', { exitCode });
  }

  health(word: string, health: Health): void {
    this.change(word, { health });
    this.happen(word, 'health_status', { health });
  }

  remove(word: string): void {
    this.containers.delete(fullId(word));
    this.happen(word, 'destroy');
  }

  change(word: string, over: Partial<ContainerFacts>): void {
    const id = fullId(word);
    this.containers.set(id, { ...this.containers.get(id)!, ...over });
  }

  happen(word: string, action: EngineAction, over: Partial<EngineEvent> = {}): void {
    this.emit(someEvent(action, this.now(), { id: fullId(word), name: word, ...over }));
  }

  private async call<T>(name: string, answer: () => T): Promise<T> {
    this.calls.push(name);
    if (this.fault) throw this.fault;
    return answer();
  }
}
