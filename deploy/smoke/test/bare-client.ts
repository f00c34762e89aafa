import { once } from 'node:events';
import WebSocket from 'ws';

export interface Frame {
  event: string;
  data: Record<string, unknown> & { topic?: string; seq?: number; epoch?: unknown; data?: unknown };
}

/** Knows the protocol's documentation and nothing of the code behind it. Keeps what came, with the time of arrival. */
export class BareClient {
  readonly frames: (Frame & { at: number })[] = [];

  private constructor(private readonly socket: WebSocket) {
    socket.on('message', (text: Buffer) => {
      const parsed = JSON.parse(text.toString()) as Frame | Frame[];
      for (const frame of [parsed].flat()) this.frames.push({ ...frame, at: Date.now() });
    });
    socket.on('error', () => undefined);
  }

  static async connect(port: number, token: string): Promise<BareClient> {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/ws`);
    const client = new BareClient(socket);
    await once(socket, 'open');
    client.send('hello', { protocol: 1, token, batch: true });
    return client;
  }

  send(event: string, data: object): void {
    this.socket.send(JSON.stringify({ event, data }));
  }

  /** Frames of a topic that carry its data, in order. */
  of(topic: string): (Frame & { at: number })[] {
    const carriers = ['snapshot', 'update', 'event'];
    return this.frames.filter(({ event, data }) => carriers.includes(event) && data.topic === topic);
  }

  /** When the first row or item that fits came; undefined: not yet. */
  seen(topic: string, fits: (item: never) => boolean): number | undefined {
    const items = ({ data }: Frame): unknown[] => {
      const body = data.data as { rows?: unknown[]; items?: unknown[] };
      return body.rows ?? body.items ?? [body];
    };
    return this.of(topic).find((frame) => items(frame).some((item) => fits(item as never)))?.at;
  }

  close(): void {
    this.socket.terminate();
  }
}
