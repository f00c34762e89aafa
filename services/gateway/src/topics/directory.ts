import { createHash } from 'node:crypto';
import { containerKey, parseTopic, type Topic } from '@deckwatch/contracts';
import type { Clock } from '@deckwatch/service-kit';
import type { Boards } from './boards.ts';
import { Channel } from './channel.ts';
import type { LogTopic, Position, StreamFacts } from './log-topic.ts';
import type { Receiver } from './receiver.ts';
import type { StateSource } from './state-source.ts';
import { AllStats, ChosenStats, HostStats } from './stats-views.ts';

/** Whose figures somebody looks at. */
export type Interest = (hosts: 'all' | readonly string[]) => () => void;

/** A log topic with the way to ask the broker about its stream. */
export interface Log {
  topic: LogTopic;
  facts(seq: number): Promise<StreamFacts>;
}

export interface DirectoryParts {
  epoch: string;
  clock: Clock;
  boards: Boards;
  interest: Interest;
  logs: Record<'alerts' | 'sessions.events', Log>;
}

/** A client's place in a topic. */
export interface Seat {
  catchUp(): void;
  leave(): void;
}

/** A topic that a client may enter. */
export interface Place {
  position(): Position;
  /** Enters it: a snapshot goes out, or with `since` what follows it. */
  join(receiver: Receiver, since?: number): Seat;
}

interface OpenChannel {
  channel: Channel;
  release(): void;
}

/** Finds what is behind a topic's name. State topics have one channel for each rate and scope that somebody wants. */
export class Directory {
  private readonly channels = new Map<string, OpenChannel>();

  constructor(private readonly parts: DirectoryParts) {}

  /** How many channels are open. */
  get size(): number {
    return this.channels.size;
  }

  log(topic: Topic): Log | undefined {
    return topic.name === 'alerts' || topic.name === 'sessions.events' ? this.parts.logs[topic.name] : undefined;
  }

  /** @param keys container keys, for `stats.visible` */
  place(name: string, topic: Topic, rateMs: number, keys: readonly string[]): Place {
    const log = this.log(topic);
    return log ? logPlace(log.topic) : this.statePlace(name, topic, rateMs, keys);
  }

  close(): void {
    for (const open of this.channels.values()) {
      open.channel.close();
      open.release();
    }
    this.channels.clear();
  }

  private statePlace(name: string, topic: Topic, rateMs: number, keys: readonly string[]): Place {
    const scope = topic.name === 'stats.visible' ? digestOf(keys) : '';
    const id = `${name} ${rateMs} ${scope}`;
    const open = this.channels.get(id) ?? this.open(id, name, topic, rateMs, keys);
    const { channel } = open;
    return {
      position: () => channel.position,
      join: (receiver) => {
        const member = channel.join(receiver);
        return {
          catchUp: () => channel.catchUp(member),
          leave: () => {
            channel.leave(member);
            if (channel.size === 0) this.shut(id, open);
          },
        };
      },
    };
  }

  private open(
    id: string,
    topic: string,
    { name, ...rest }: Topic,
    rateMs: number,
    keys: readonly string[],
  ): OpenChannel {
    const { epoch, clock } = this.parts;
    const scope = { name, ...rest } as Topic;
    const chosen = name === 'stats.visible' ? keysByHost(keys) : chosenBy(scope);
    const prompt = name.startsWith('stats');
    const release = prompt ? this.parts.interest(name === 'stats' ? 'all' : [...chosen.keys()]) : () => undefined;
    const source = this.source(scope, chosen);
    const open = { channel: new Channel({ topic, rateMs, epoch, source, clock, prompt }), release };
    this.channels.set(id, open);
    return open;
  }

  private shut(id: string, open: OpenChannel): void {
    if (this.channels.get(id) !== open) return;
    this.channels.delete(id);
    open.channel.close();
    open.release();
  }

  private source(topic: Topic, chosen: ReadonlyMap<string, readonly string[]>): StateSource {
    const { boards } = this.parts;
    switch (topic.name) {
      case 'hosts':
      case 'containers':
      case 'system':
        return boards[topic.name];
      case 'sessions.count':
        return boards.sessionCount;
      case 'stats':
        return new AllStats(boards.stats);
      case 'stats.host':
        return new HostStats(boards.stats, topic.host);
      default:
        return new ChosenStats(boards.stats, chosen);
    }
  }
}

function logPlace(log: LogTopic): Place {
  return {
    position: () => log.position,
    join: (receiver, since) => {
      const reader = log.join(receiver, since);
      return { catchUp: () => log.catchUp(reader), leave: () => log.leave(reader) };
    },
  };
}

function chosenBy(topic: Topic): Map<string, string[]> {
  if (topic.name === 'stats.host') return new Map([[topic.host, []]]);
  if (topic.name === 'stats.container') return new Map([[topic.host, [containerKey(topic.host, topic.id)]]]);
  return new Map();
}

/** Container keys by host; what is none is left out. */
function keysByHost(keys: readonly string[]): Map<string, string[]> {
  const byHost = new Map<string, string[]>();
  for (const key of keys) {
    const topic = parseTopic(`stats.${key}`);
    if (topic?.name !== 'stats.container') continue;
    const known = byHost.get(topic.host);
    if (known) known.push(key);
    else byHost.set(topic.host, [key]);
  }
  return byHost;
}

function digestOf(keys: readonly string[]): string {
  return createHash('sha1').update(keys.join(' ')).digest('base64');
}
