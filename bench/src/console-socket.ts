import { once } from 'node:events';
import WebSocket from 'ws';

export interface ServerFrame {
  event: string;
  data: { topic?: string; data?: unknown };
}

/**
 * One console's socket with these subscriptions; each frame is told when it comes.
 * @param url the gateway's, `http://…`
 */
export async function openConsole(
  url: string,
  token: string,
  subscriptions: readonly object[],
  take: (frame: ServerFrame) => void,
): Promise<WebSocket> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/ws`, { perMessageDeflate: false });
  socket.on('message', (text: Buffer) => [JSON.parse(text.toString()) as ServerFrame | ServerFrame[]].flat().forEach(take)); // prettier-ignore
  await once(socket, 'open');
  const send = (event: string, data: object): void => socket.send(JSON.stringify({ event, data }));
  send('hello', { protocol: 1, batch: true, token });
  subscriptions.forEach((subscription, index) => send('subscribe', { id: index + 1, ...subscription }));
  await once(socket, 'message');
  return socket;
}
