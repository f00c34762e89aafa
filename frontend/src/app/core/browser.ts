import { InjectionToken } from '@angular/core';
import { filter, fromEvent, map, merge, pairwise, timer, type Observable } from 'rxjs';

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
  /** Emits whenever the network or the tab comes back, or the machine wakes. */
  readonly back$: Observable<'online' | 'visible' | 'awake'>;
  /** Emits when the tab is hidden. */
  readonly hidden$: Observable<void>;
  readonly offline$: Observable<void>;
  /** Calls back at the next frame; soon all the same where no frame is drawn (a hidden tab). */
  nextFrame(paint: () => void): void;
}

const HIDDEN_FRAME_MS = 1000;
/** A page that others cover takes itself for visible, and yet may be given no frames. */
const COVERED_FRAME_MS = 250;
const PULSE_MS = 2000;
/** A timer that is so late has slept; one in a hidden tab may be a minute late. */
const ASLEEP_MS = 90_000;
/** A gateway on this machine is there without any network. */
const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/**
 * A machine that sleeps tells nobody: its timers are late.
 * @param now the clock that goes on meanwhile, Unix ms
 */
export function wakes(now = () => Date.now()): Observable<'awake'> {
  return timer(0, PULSE_MS).pipe(
    map(now),
    pairwise(),
    filter(([before, after]) => after - before > ASLEEP_MS),
    map(() => 'awake' as const),
  );
}

function nextFrame(paint: () => void): void {
  const finish = () => {
    cancelAnimationFrame(frame);
    clearTimeout(timer);
    paint();
  };
  const frame = requestAnimationFrame(finish);
  const timer = setTimeout(finish, document.visibilityState === 'visible' ? COVERED_FRAME_MS : HIDDEN_FRAME_MS);
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
      wakes(),
    ),
    hidden$: fromEvent(document, 'visibilitychange').pipe(
      filter(() => !isVisible()),
      map(() => undefined),
    ),
    offline$: fromEvent(window, 'offline').pipe(map(() => undefined)),
    nextFrame,
  };
}

export const BROWSER = new InjectionToken<Browser>('the browser', { providedIn: 'root', factory: realBrowser });
