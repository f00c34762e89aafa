import type { IncomingMessage } from 'node:http';
import { Inject, type BeforeApplicationShutdown } from '@nestjs/common';
import { WebSocketGateway, type OnGatewayConnection } from '@nestjs/websockets';
import type { WebSocket } from 'ws';
import { cookiesOf } from '../auth/cookies.ts';
import type { Connection } from './connection.ts';
import { Hub } from './hub.ts';

/** A socket that knows its connection, so that one set of listeners serves all. */
interface Held extends WebSocket {
  connection?: Connection;
  hub?: Hub;
}

function onMessage(this: Held, data: Buffer, isBinary: boolean): void {
  this.hub!.receive(this.connection!, data, isBinary);
}
function onPing(this: Held, data: Buffer): void {
  this.hub!.pinged(this.connection!, data);
}
function onPong(this: Held): void {
  this.hub!.ponged(this.connection!);
}
function onClose(this: Held): void {
  this.hub!.gone(this.connection!);
}
/** Broken frames and resets: `ws` closes the connection itself, with the right code. */
function onError(this: Held): void {
  this.connection!.broken();
}

/** Nest's door for consoles: hands each socket to the hub. */
@WebSocketGateway({ path: '/ws' })
export class ConsoleGateway implements OnGatewayConnection, BeforeApplicationShutdown {
  constructor(@Inject(Hub) private readonly hub: Hub) {}

  handleConnection(client: Held, request: IncomingMessage): void {
    client.hub = this.hub;
    client.connection = this.hub.open(client, request.socket, cookieOf(request));
    client.on('message', onMessage).on('ping', onPing).on('pong', onPong).on('close', onClose).on('error', onError);
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.hub.shutDown();
  }
}

/** The cookie counts only for a page of our own: one that says where it comes from, which the door has looked at. */
function cookieOf({ headers }: IncomingMessage): string | undefined {
  return headers.origin === undefined ? undefined : cookiesOf(headers.cookie).access;
}
