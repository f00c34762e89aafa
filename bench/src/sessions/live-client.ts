import { once } from 'node:events';
import type { SessionCount, SessionEvent } from '@deckwatch/contracts';
import WebSocket from 'ws';

interface Frame {
  event: string;
  data: { topic?: string; data?: unknown };
}

/** One console's socket, on the topics of sessions; tells what comes when it comes. */
export class LiveClient {
  onEvent: (event: SessionEvent) => void = () => undefined;
  onCount: (count: SessionCount) => void = () => undefined;

  private constructor(private readonly socket: WebSocket) {
    socket.on('message', (data: Buffer) => {
      const frames = JSON.parse(data.toString()) as Frame | Frame[];
      for (const frame of Array.isArray(frames) ? frames : [frames]) this.take(frame);
    });
  }

  static async open(url: string, token: string): Promise<LiveClient> {
    const socket = new WebSocket(`${url.replace('http', 'ws')}/ws`, { perMessageDeflate: false });
    await once(socket, 'open');
    const client = new LiveClient(socket);
    socket.send(JSON.stringify({ event: 'hello', data: { protocol: 1, batch: true, token } }));
    socket.send(JSON.stringify({ event: 'subscribe', data: { id: 1, topics: ['sessions.events'] } }));
    socket.send(JSON.stringify({ event: 'subscribe', data: { id: 2, topics: ['sessions.count'], rateMs: 100 } }));
    await once(socket, 'message');
    return client;
  }

  close(): void {
    this.socket.terminate();
  }

  private take({ event, data }: Frame): void {
    if (event === 'event' && data.topic === 'sessions.events') this.onEvent(data.data as SessionEvent);
    if (event === 'update' && data.topic === 'sessions.count') this.onCount(data.data as SessionCount);
  }
}
