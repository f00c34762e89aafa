import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import type { INestApplicationContext } from '@nestjs/common';
import { WsAdapter } from '@nestjs/platform-ws';
import { LIMITS } from '@deckwatch/contracts';
import { WebSocketServer } from 'ws';
import { isOwnHost, isOwnOrigin, type DoorPolicy } from '../auth/admission.ts';
import { refuseUpgrade } from './refusal.ts';

/** Open connections; beyond that the machine is better off when newcomers are turned away. */
const MAX_CONNECTIONS = 20_000;

/**
 * Nest's `ws` adapter with our own door: who may upgrade is decided before there is a socket, and frames go straight to
 * the hub, without Nest's handlers per message.
 */
export class ConsoleAdapter extends WsAdapter {
  private upgrade?: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

  constructor(
    app: INestApplicationContext,
    private readonly policy: DoorPolicy,
  ) {
    super(app);
  }

  override create(_port: number, options: { path?: string }): WebSocketServer {
    const server = new WebSocketServer({
      noServer: true,
      perMessageDeflate: false,
      maxPayload: LIMITS.frameBytes,
      autoPong: false,
      clientTracking: true,
    });
    this.upgrade = (request, socket, head) => this.receive(server, options.path ?? '/ws', request, socket, head);
    (this.httpServer as Server).on('upgrade', this.upgrade);
    return server;
  }

  /** The hub reads the frames itself. */
  override bindMessageHandlers(): void {
    // Nothing of Nest's own per connection.
  }

  override bindClientDisconnect(): void {
    // The hub hears of it itself.
  }

  override async dispose(): Promise<void> {
    if (this.upgrade) (this.httpServer as Server).off('upgrade', this.upgrade);
    await super.dispose();
  }

  private receive(server: WebSocketServer, path: string, request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const gone = (): void => void socket.destroy();
    socket.on('error', gone);
    const refusal = this.refusalOf(request, path, server.clients.size);
    if (refusal) return refuseUpgrade(socket, ...refusal);
    socket.off('error', gone);
    server.handleUpgrade(request, socket, head, (client) => server.emit('connection', client, request));
  }

  private refusalOf(
    request: IncomingMessage,
    path: string,
    open: number,
  ): [status: number, detail: string] | undefined {
    const { url, headers } = request;
    if (url?.split('?')[0] !== path) return [404, 'there is no WebSocket here'];
    if (!isOwnHost(headers.host, this.policy)) return [421, 'this host name is not served here'];
    if (!isOwnOrigin(headers.origin, headers.host, this.policy)) return [403, 'this origin may not connect'];
    if (open >= MAX_CONNECTIONS) return [503, 'too many connections'];
    return undefined;
  }
}
