import { once } from 'node:events';
import { eventually } from '@deckwatch/testing';
import { WebSocket, type ClientOptions } from 'ws';
import { tokens } from './tokens.ts';

export interface Frame {
  event: string;
  data: Record<string, any>; // eslint-disable-line @typescript-eslint/no-explicit-any -- whatever the wire holds
}

export interface ConsoleOptions extends ClientOptions {
  batch?: boolean;
  /** Its key as a session of the app `deckwatch`. */
  console?: string;
  /** Says nothing by itself. */
  silent?: boolean;
  /** Default: the admin's. */
  token?: string;
}

/** A bare client that knows the protocol's page and nothing else. */
export class Console {
  readonly frames: Frame[] = [];
  /** Texts as they came, arrays included. */
  readonly texts: string[] = [];
  closed?: { code: number; reason: string };
  private requests = 0;

  private constructor(readonly socket: WebSocket) {
    socket.on('message', (data) => this.take(String(data)));
    socket.on('close', (code, reason) => {
      this.closed = { code, reason: String(reason) };
    });
    socket.on('error', () => undefined);
  }

  static async open(port: number, options: ConsoleOptions = {}): Promise<Console> {
    const { batch, console, silent, token, ...rest } = options;
    const client = new Console(new WebSocket(`ws://127.0.0.1:${port}/ws`, rest));
    await once(client.socket, 'open');
    if (silent) return client;
    client.send('hello', { protocol: 1, token: token ?? tokens.get(port), ...(batch && { batch }), console });
    await client.next('welcome');
    return client;
  }

  send(event: string, data: object): void {
    this.socket.send(JSON.stringify({ event, data }));
  }

  /** Subscribes and returns what `subscribed` answers. */
  async subscribe(topics: string | string[], more: object = {}): Promise<Frame['data']> {
    const id = (this.requests += 1);
    this.send('subscribe', { id, topics: [topics].flat(), ...more });
    return (await this.next('subscribed', (data) => data['id'] === id)).data;
  }

  /** The first frame of that kind, waited for. */
  next(event: string, fits: (data: Frame['data']) => boolean = () => true, timeoutMs = 5000): Promise<Frame> {
    const find = (): Frame => {
      const found = this.frames.find((frame) => frame.event === event && fits(frame.data));
      if (!found) throw new Error(`no ${event} among ${this.frames.map((frame) => frame.event).join(' ')}`);
      return found;
    };
    return eventually(find, { timeoutMs, everyMs: 5, describe: event });
  }

  of(event: string, topic?: string): Frame['data'][] {
    return this.frames
      .filter((frame) => frame.event === event && (!topic || frame.data['topic'] === topic))
      .map((frame) => frame.data);
  }

  /** Forgets what came so far. */
  clear(): void {
    this.frames.length = 0;
    this.texts.length = 0;
  }

  async ended(timeoutMs = 5000): Promise<number> {
    return eventually(() => this.closed?.code ?? Promise.reject(new Error('still open')), {
      timeoutMs,
      everyMs: 5,
      describe: 'the end',
    });
  }

  async close(): Promise<void> {
    if (this.closed) return;
    this.socket.close();
    await this.ended();
  }

  private take(text: string): void {
    this.texts.push(text);
    this.frames.push(...([JSON.parse(text)].flat() as Frame[]));
  }
}
