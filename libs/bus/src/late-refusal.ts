import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls, type ConnectionOptions } from 'node:tls';

const PATIENCE_MS = 2000;
/** How it looks to a client that goes on talking. */
const BROKEN_OFF = new Set(['ECONNRESET', 'EPIPE', 'ECONNABORTED']);

export interface SecuredServer {
  host: string;
  port: number;
  tls: ConnectionOptions;
  /** Whether it says something in the clear first. */
  greets: boolean;
}

/**
 * Why a server ends a connection whose handshake was good as far as we could see: with TLS 1.3 it looks at our
 * certificate afterwards, and a client that talks or waits meanwhile misses what it says then. Here we only listen.
 * undefined: it does not end it, or does not say why.
 */
export function lateRefusal({ host, port, tls, greets }: SecuredServer): Promise<Error | undefined> {
  return new Promise((resolve) => {
    const plain = connectTcp({ host, port });
    const end = (error?: Error): void => {
      clearTimeout(timer);
      plain.destroy();
      resolve(error);
    };
    const timer = setTimeout(end, PATIENCE_MS);
    plain.on('error', end);
    const listen = (): void =>
      listenSecured(plain, { host, ...(isIP(host) === 0 && { servername: host }), ...tls }, end);
    plain.once(greets ? 'data' : 'connect', listen);
  });
}

function listenSecured(socket: Socket, tls: ConnectionOptions, end: (error?: Error) => void): void {
  const secured = connectTls({ ...tls, socket });
  // TLS may tell of more than one.
  secured.on('error', end);
  secured.once('close', () => end());
}

/** How a client of Redis was made, as far as it counts here. */
interface RedisOptions {
  host?: string;
  port?: number;
  tls?: object | boolean;
  sentinels?: unknown;
}

/** Why a Redis could not be connected to: what the client was told, or what it missed. */
export async function redisRefusal(error: Error, { host, port, tls, sentinels }: RedisOptions): Promise<Error> {
  const brokenOff = BROKEN_OFF.has(String((error as NodeJS.ErrnoException).code));
  if (!brokenOff || !tls || sentinels || host === undefined || port === undefined) return error;
  return (await lateRefusal({ host, port, tls: typeof tls === 'object' ? tls : {}, greets: false })) ?? error;
}
