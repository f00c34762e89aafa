import { randomBytes } from 'node:crypto';
import WebSocket from 'ws';
import { retryMsOf } from '@deckwatch/contracts';

export const CROWD_LOGS = ['alerts', 'sessions.events'] as const;
export type CrowdLog = (typeof CROWD_LOGS)[number];
const TOPICS = ['hosts', 'stats', 'sessions.count', ...CROWD_LOGS];
const RESTARTING = 4009;
const LONGEST_BACK_OFF_MS = 30_000;

export interface Frame {
  event: string;
  data: { topic?: string; epoch?: unknown; seq?: number; prev?: number; topics?: { topic: string; recovered?: boolean }[] };
} // prettier-ignore

/** What a client saw of a log topic. */
export interface LogTally {
  /** The sequence that its first snapshot stood at; null: none came. */
  from: number | null;
  seq: number;
  epoch: unknown;
  /** Items seen, each once. */
  count: number;
  doubled: number;
  /** Items whose `prev` was another than the last one seen. */
  holes: number;
  unrecovered: number;
}

/** Hears what happens to the clients. Times are Unix milliseconds. */
export interface CrowdWatch {
  attempted(t: number): void;
  subscribed(t: number, awayMs: number | null): void;
  closed(code: number): void;
  read(data: Buffer): readonly Frame[];
}

/**
 * A console of a crowd: after 4009 it comes back when it was asked to, otherwise with back-off, and each time to the
 * next gateway, as a balancer sends one on that knows which of them are ready.
 */
export class CrowdClient {
  readonly logs: Record<CrowdLog, LogTally> = { alerts: emptyTally(), 'sessions.events': emptyTally() };
  connected = false;
  private failures = 0;
  private console = newConsoleKey();
  private leftAt: number | null = null;
  private timer?: NodeJS.Timeout;
  private socket?: WebSocket;

  constructor(
    private readonly urls: readonly string[],
    private at: number,
    private readonly token: string,
    private readonly watch: CrowdWatch,
  ) {}

  connect(): void {
    this.watch.attempted(Date.now());
    const socket = new WebSocket(this.urls[this.at % this.urls.length]!, { perMessageDeflate: false, handshakeTimeout: 5000 }); // prettier-ignore
    this.socket = socket;
    socket.on('open', () => {
      const resumed = Object.entries(this.logs).filter(([, { from }]) => from !== null);
      const since = Object.fromEntries(resumed.map(([topic, { epoch, seq }]) => [topic, { epoch, seq }]));
      send(socket, 'hello', { protocol: 1, batch: true, token: this.token, console: this.console });
      send(socket, 'subscribe', { id: 1, topics: TOPICS, since });
    });
    socket.on('message', (data: Buffer) => this.watch.read(data).forEach((frame) => this.take(frame)));
    socket.on('error', () => undefined);
    socket.on('close', (code, reason) => this.comeBack(code, reason.toString()));
  }

  close(): void {
    clearTimeout(this.timer);
    this.socket?.removeAllListeners('close').terminate();
  }

  private comeBack(code: number, reason: string): void {
    this.watch.closed(code);
    if (this.connected) this.leftAt = Date.now();
    this.connected = false;
    if (code !== RESTARTING) this.console = newConsoleKey();
    this.at += 1;
    const limit = Math.min(LONGEST_BACK_OFF_MS, 500 * 2 ** this.failures);
    const asked = code === RESTARTING ? retryMsOf(reason) : undefined;
    this.failures += 1;
    this.timer = setTimeout(() => this.connect(), asked ?? Math.random() * limit);
  }

  private take({ event, data }: Frame): void {
    if (event === 'subscribed') this.settle(data.topics ?? []);
    const log = this.logs[data.topic as CrowdLog] as LogTally | undefined;
    if (!log) return;
    if (event === 'snapshot') {
      log.from ??= data.seq!;
      log.seq = data.seq!;
      log.epoch = data.epoch;
    }
    if (event === 'event') count(log, data.seq!, data.prev!);
  }

  private settle(topics: { topic: string; recovered?: boolean }[]): void {
    this.connected = true;
    this.failures = 0;
    const now = Date.now();
    this.watch.subscribed(now, this.leftAt && now - this.leftAt);
    for (const { topic, recovered } of topics) {
      const log = this.logs[topic as CrowdLog] as LogTally | undefined;
      if (log && log.from !== null && recovered === false) log.unrecovered += 1;
    }
  }
}

function count(log: LogTally, seq: number, prev: number): void {
  if (seq <= log.seq) {
    log.doubled += 1;
    return;
  }
  if (prev !== log.seq) log.holes += 1;
  log.count += 1;
  log.seq = seq;
}

function send(socket: WebSocket, event: string, data: object): void {
  socket.send(JSON.stringify({ event, data }));
}

const newConsoleKey = (): string => randomBytes(12).toString('hex');

function emptyTally(): LogTally {
  return { from: null, seq: 0, epoch: null, count: 0, doubled: 0, holes: 0, unrecovered: 0 };
}
