import { LIMITS, type ServerFrame } from '@deckwatch/contracts/wire';
import { Observable } from 'rxjs';
import type { Browser, Socket } from './browser.ts';
import { parseFrames } from './frames.ts';

/** Why a socket's life ended: a close code of CONTRACT's ranges, 1006 when it broke or fell silent. */
export class SocketEnded extends Error {
  constructor(
    readonly code: number,
    readonly reason: string,
  ) {
    super(`socket ended with ${code}`);
  }
}

export interface SocketHandle {
  send(event: string, data: object): void;
  /** Asks for a sign of life; without one soon the socket counts as dead. */
  probe(): void;
}

const OPEN_MS = 10_000;
const PROBE_MS = 3000;

/**
 * One socket from its opening to its end: emits every batch of frames, and ends with {@link SocketEnded}. Any frame
 * counts as life; after two heartbeats without one the socket is given up.
 * @param consoleKey as which console it is counted
 * @param onOpen gets the handle once the hello is sent
 */
export function socketLife(
  browser: Browser,
  consoleKey: string,
  onOpen: (handle: SocketHandle) => void,
): Observable<ServerFrame[]> {
  return new Observable((observer) => {
    const socket = browser.openSocket();
    let silenceMs = OPEN_MS;
    let watchdog = setTimeout(giveUp, silenceMs);

    function expectLife(withinMs: number): void {
      clearTimeout(watchdog);
      watchdog = setTimeout(giveUp, withinMs);
    }
    function giveUp(): void {
      observer.error(new SocketEnded(1006, 'no sign of life'));
    }
    function send(event: string, data: object): void {
      socket.send(JSON.stringify({ event, data }));
    }

    socket.onopen = () => {
      send('hello', { protocol: 1, batch: true, console: consoleKey });
      onOpen({
        send,
        probe: () => {
          send('ping', {});
          expectLife(PROBE_MS);
        },
      });
    };
    socket.onmessage = (message) => {
      const frames = parseFrames(message.data);
      for (const frame of frames) if (frame.event === 'welcome') silenceMs = 2 * heartbeatOf(frame.data.heartbeatMs);
      expectLife(silenceMs);
      if (frames.length > 0) observer.next(frames);
    };
    socket.onclose = (event) => observer.error(new SocketEnded(event.code, event.reason));

    return () => {
      clearTimeout(watchdog);
      abandon(socket);
    };
  });
}

function heartbeatOf(heartbeatMs: unknown): number {
  return typeof heartbeatMs === 'number' && heartbeatMs >= 1000 ? heartbeatMs : LIMITS.heartbeatMs;
}

function abandon(socket: Socket): void {
  socket.onopen = socket.onmessage = socket.onclose = null;
  socket.close();
}
