import type { SessionCount, SessionEvent } from '@deckwatch/contracts';
import type WebSocket from 'ws';
import { openConsole, type ServerFrame } from '../console-socket.ts';

const SUBSCRIPTIONS = [{ topics: ['sessions.events'] }, { topics: ['sessions.count'], rateMs: 100 }];

/** One console's socket, on the topics of sessions; tells what comes when it comes. */
export class LiveClient {
  onEvent: (event: SessionEvent) => void = () => undefined;
  onCount: (count: SessionCount) => void = () => undefined;
  private socket?: WebSocket;

  static async open(url: string, token: string): Promise<LiveClient> {
    const client = new LiveClient();
    client.socket = await openConsole(url, token, SUBSCRIPTIONS, (frame) => client.take(frame));
    return client;
  }

  close(): void {
    this.socket?.terminate();
  }

  private take({ event, data }: ServerFrame): void {
    if (event === 'event' && data.topic === 'sessions.events') this.onEvent(data.data as SessionEvent);
    if (event === 'update' && data.topic === 'sessions.count') this.onCount(data.data as SessionCount);
  }
}
