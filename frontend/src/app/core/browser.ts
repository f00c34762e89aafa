import { InjectionToken } from '@angular/core';
import { filter, fromEvent, map, merge, type Observable } from 'rxjs';

/** The part of a WebSocket that the console uses. */
export interface Socket {
  send(text: string): void;
  close(code?: number, reason?: string): void;
  onopen: ((event: Event) => void) | null;
  onmessage: ((event: MessageEvent) => void) | null;
  onclose: ((event: CloseEvent) => void) | null;
}

/** What the streams ask of the browser, so that tests can stand in for it. Times come from Date and timers. */
export interface Browser {
  openSocket(): Socket;
  fetch(path: string, init?: RequestInit): Promise<Response>;
  /** A number in [0, 1). */
  random(): number;
  isOnline(): boolean;
  isVisible(): boolean;
  /** Emits whenever the network or the tab comes back. */
  readonly back$: Observable<'online' | 'visible'>;
  readonly offline$: Observable<void>;
  /** Calls back at the next frame; soon all the same where no frame is drawn (a hidden tab). */
  nextFrame(paint: () => void): void;
}

const HIDDEN_FRAME_MS = 1000;
/** A gateway on this machine is there without any network. */
const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

function nextFrame(paint: () => void): void {
  const finish = () => {
    cancelAnimationFrame(frame);
    clearTimeout(timer);
    paint();
  };
  const frame = requestAnimationFrame(finish);
  const timer = setTimeout(finish, HIDDEN_FRAME_MS);
}

function realBrowser(): Browser {
  const isVisible = () => document.visibilityState === 'visible';
  return {
    openSocket: () => new WebSocket(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/ws`),
    fetch: (path, init) => fetch(path, init),
    random: Math.random,
    isOnline: () => navigator.onLine || LOOPBACK.test(location.hostname),
    isVisible,
    back$: merge(
      fromEvent(window, 'online').pipe(map(() => 'online' as const)),
      fromEvent(document, 'visibilitychange').pipe(
        filter(isVisible),
        map(() => 'visible' as const),
      ),
    ),
    offline$: fromEvent(window, 'offline').pipe(map(() => undefined)),
    nextFrame,
  };
}

export const BROWSER = new InjectionToken<Browser>('the browser', { providedIn: 'root', factory: realBrowser });
