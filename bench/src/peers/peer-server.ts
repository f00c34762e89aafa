import { createServer } from 'node:http';
import { connect } from '@nats-io/transport-node';
import { Server } from 'socket.io';
import { WebSocketServer } from 'ws';

/**
 * What one would write first: `peer-server.js ws|socket.io <port> <broker's URL> <subject>` hands every message of a
 * subject to every client, as the library does it by itself. Says `ready` on its standard output.
 */
type Send = (text: string) => void;

const SERVERS: Record<string, (port: number) => Promise<Send>> = {
  ws(port) {
    const server = new WebSocketServer({ port, host: '127.0.0.1', perMessageDeflate: false });
    const send: Send = (text) => server.clients.forEach((client) => client.send(text));
    return new Promise((resolve) => server.once('listening', () => resolve(send)));
  },
  'socket.io'(port) {
    const http = createServer();
    const server = new Server(http, { transports: ['websocket'], serveClient: false });
    // As its pages on memory advise: the request of the handshake is not kept.
    server.engine.on('connection', (raw: { request: unknown }) => (raw.request = null));
    const send: Send = (text) => server.emit('event', JSON.parse(text));
    return new Promise((resolve) => http.listen(port, '127.0.0.1', () => resolve(send)));
  },
};

const [kind = '', port = '', broker = '', subject = ''] = process.argv.slice(2);
const start = SERVERS[kind];
if (!start) throw new Error(`no peer "${kind}"`);
const send = await start(Number(port));
const nats = await connect({ servers: broker });
nats.subscribe(subject, { callback: (_, message) => send(message.string()) });
await nats.flush();
process.stdout.write('ready\n');
