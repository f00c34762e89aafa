import { setTimeout as sleep } from 'node:timers/promises';
import WebSocket from 'ws';

const STATES = ['hosts', 'stats', 'sessions.count'] as const;
const LOGS = ['alerts', 'sessions.events'] as const;
export type StateTopic = (typeof STATES)[number];
export type LogTopic = (typeof LOGS)[number];
export const TOPICS = [...STATES, ...LOGS];
export type Topic = StateTopic | LogTopic;

interface Frame {
  event: string;
  data: { topic?: string; epoch?: unknown; seq?: number; data?: unknown; topics?: Answer[] };
}
interface Answer {
  topic: string;
  recovered?: boolean;
}

/** What it saw of a log topic: every item's `seq` with how often it came. */
export interface LogRecord {
  first: number;
  seen: Map<number, number>;
  /** Times that a resumed log could not be recovered, so that a snapshot came instead. */
  unrecovered: number;
}

/**
 * A console's socket as docs/protocol.md describes one: it comes back by itself, to the next gateway, and says of each
 * log where it stood.
 */
export class Follower {
  /** When frames of a topic came, Unix milliseconds. */
  readonly arrivals: Record<Topic, number[]> = { hosts: [], stats: [], 'sessions.count': [], alerts: [], 'sessions.events': [] }; // prettier-ignore
  readonly logs: Record<LogTopic, LogRecord> = { alerts: emptyLog(), 'sessions.events': emptyLog() };
  connects = 0;
  private readonly since: Partial<Record<LogTopic, { epoch: unknown; seq: number }>> = {};
  private socket?: WebSocket;
  private ended = false;

  /** @param urls of the gateways, the first preferred */
  constructor(
    private readonly urls: string[],
    private readonly token: string,
  ) {
    void this.stay();
  }

  close(): void {
    this.ended = true;
    this.socket?.terminate();
  }

  private async stay(): Promise<void> {
    for (let attempt = 0; !this.ended; attempt += 1) {
      await this.connection(this.urls[attempt % this.urls.length]!);
      if (!this.ended) await sleep(100 + Math.random() * 300);
    }
  }

  /** Resolves when it has ended. */
  private connection(url: string): Promise<void> {
    return new Promise((resolve) => {
      const socket = new WebSocket(`${url.replace('http', 'ws')}/ws`, { perMessageDeflate: false, handshakeTimeout: 2000 }); // prettier-ignore
      this.socket = socket;
      const silence = setInterval(() => Date.now() - this.heard > 20_000 && socket.terminate(), 1000);
      this.heard = Date.now();
      const send = (event: string, data: object): void => socket.send(JSON.stringify({ event, data }));
      socket.on('open', () => {
        this.connects += 1;
        send('hello', { protocol: 1, batch: true, token: this.token });
        send('subscribe', { id: 1, topics: TOPICS, since: this.since });
      });
      socket.on('message', (text: Buffer) => {
        this.heard = Date.now();
        for (const frame of [JSON.parse(text.toString()) as Frame | Frame[]].flat()) this.take(frame);
      });
      socket.on('error', () => undefined);
      socket.on('close', () => {
        clearInterval(silence);
        resolve();
      });
    });
  }

  private heard = 0;

  private take({ event, data }: Frame): void {
    if (event === 'subscribed') return this.subscribed(data.topics ?? []);
    const topic = data.topic as Topic | undefined;
    if (!topic || !['event', 'update', 'snapshot'].includes(event)) return;
    this.arrivals[topic].push(Date.now());
    if (!isLog(topic)) return;
    const log = this.logs[topic];
    if (event === 'event') {
      log.seen.set(data.seq!, (log.seen.get(data.seq!) ?? 0) + 1);
      if (log.first === 0) log.first = data.seq!;
    }
    this.since[topic] = { epoch: data.epoch, seq: data.seq! };
  }

  private subscribed(topics: Answer[]): void {
    for (const { topic, recovered } of topics) {
      if (isLog(topic) && this.since[topic] && recovered === false) this.logs[topic].unrecovered += 1;
    }
  }
}

export function isLog(topic: string): topic is LogTopic {
  return (LOGS as readonly string[]).includes(topic);
}

function emptyLog(): LogRecord {
  return { first: 0, seen: new Map(), unrecovered: 0 };
}

/** The longest silence between two arrivals of which at least a part lay between the times, in milliseconds. */
export function longestGap(arrivals: number[], from: number, to: number): number {
  let longest = 0;
  for (let at = 1; at < arrivals.length; at += 1) {
    if (arrivals[at]! < from) continue;
    if (arrivals[at - 1]! > to) break;
    longest = Math.max(longest, arrivals[at]! - arrivals[at - 1]!);
  }
  return longest;
}
