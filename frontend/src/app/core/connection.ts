import { computed, DestroyRef, inject, Service, signal } from '@angular/core';
import { CLOSE, type ServerFrame, type ServerFrames } from '@deckwatch/contracts/wire';
import { filter, race, Subject, Subscription, timer } from 'rxjs';
import { BROWSER } from './browser.ts';
import { afterClose, backOffMs, type Return } from './close-policy.ts';
import { SocketEnded, socketLife, type SocketHandle } from './socket-life.ts';

export type Welcome = ServerFrames['welcome'];

export type ConnectionState =
  /** `attempt` counts the failures before it. */
  | { kind: 'connecting'; attempt: number }
  | { kind: 'live'; since: number }
  /** `at`: when the next attempt is made, Unix ms by this browser's clock; `attempt` counts from 1. */
  | { kind: 'reconnecting'; at: number; attempt: number; reason: string }
  /** As reconnecting, and the browser has no network. */
  | { kind: 'offline'; at: number; attempt: number; reason: string }
  | { kind: 'unauthenticated' }
  | { kind: 'refused'; code: number; reason: string };

/** A connection that held so long is a good one: the next failure counts as the first. */
const HELD_MS = 10_000;

/**
 * The page's one connection to the gateway. It comes back by itself, with back-off and jitter, at once when the
 * network or the tab comes back or the user asks for it; a refusal that would only be repeated is left alone.
 */
@Service()
export class Connection {
  private readonly browser = inject(BROWSER);
  private readonly current = signal<ConnectionState>({ kind: 'connecting', attempt: 0 });
  private readonly greeting = signal<Welcome | null>(null);
  private readonly batches = new Subject<ServerFrame[]>();
  private readonly nudges = new Subject<void>();
  private life: Subscription | null = null;
  private handle: SocketHandle | null = null;
  private failures = 0;
  private consoleKey = newConsoleKey();

  readonly state = this.current.asReadonly();
  readonly live = computed(() => this.current().kind === 'live');
  /** The greeting of the present connection, or of the last one. */
  readonly welcome = this.greeting.asReadonly();
  /** How far the gateway's clock is ahead of this browser's, in ms. */
  readonly skewMs = signal(0);
  /** Everything received after the hello, in batches as they came. */
  readonly frames$ = this.batches.asObservable();

  constructor() {
    const events = new Subscription();
    events.add(this.browser.back$.subscribe(() => this.wake()));
    events.add(this.browser.offline$.subscribe(() => this.loseNetwork()));
    inject(DestroyRef).onDestroy(() => {
      events.unsubscribe();
      this.life?.unsubscribe();
    });
  }

  /** Opens the connection and keeps it open from now on. */
  start(): void {
    if (!this.life) this.open();
  }

  /** Skips the wait before the next attempt; tries again even after a refusal. */
  reconnectNow(): void {
    const { kind } = this.current();
    if (kind === 'unauthenticated' || kind === 'refused') this.open();
    else this.nudges.next();
  }

  /** Sends a frame; false when there is no live connection to send it on. */
  send(event: string, data: object): boolean {
    if (!this.handle || !this.live()) return false;
    this.handle.send(event, data);
    return true;
  }

  private open(): void {
    const life = this.startLife();
    this.current.set({ kind: 'connecting', attempt: this.failures });
    life.add(
      socketLife(this.browser, this.consoleKey, (handle) => (this.handle = handle)).subscribe({
        next: (frames) => this.receive(frames),
        error: (end: SocketEnded) => this.comeBack(end),
      }),
    );
  }

  private receive(frames: ServerFrame[]): void {
    const welcome = frames.find((frame) => frame.event === 'welcome');
    if (welcome?.event === 'welcome') {
      this.skewMs.set(welcome.data.t - Date.now());
      this.greeting.set(welcome.data);
      this.current.set({ kind: 'live', since: Date.now() });
    }
    this.batches.next(frames);
  }

  private comeBack(end: SocketEnded): void {
    this.handle = null;
    // Of a gateway that restarts it takes leave for a moment only; every other end is the end of this console's session.
    if (end.code !== CLOSE.restarting) this.consoleKey = newConsoleKey();
    const before = this.current();
    if (before.kind === 'live' && Date.now() - before.since >= HELD_MS) this.failures = 0;
    const next = afterClose(end.code, end.reason);
    if (next.kind === 'unauthenticated') return this.current.set({ kind: 'unauthenticated' });
    if (next.kind === 'refused') return this.current.set({ kind: 'refused', code: end.code, reason: end.reason });

    const waitMs = this.waitMs(next);
    this.failures += 1;
    this.current.set({
      kind: this.browser.isOnline() ? 'reconnecting' : 'offline',
      at: Date.now() + waitMs,
      attempt: this.failures,
      reason: end.reason,
    });
    // After "too many messages" only the user may shorten the wait.
    const back$ = this.browser.back$.pipe(filter(() => next.kind === 'back-off'));
    this.startLife().add(race(timer(waitMs), this.nudges, back$).subscribe(() => this.open()));
  }

  private waitMs(next: Extract<Return, { kind: 'wait' | 'back-off' }>): number {
    if (next.kind === 'wait') return next.ms;
    if ('askedBackMs' in next) return next.askedBackMs;
    const random = this.browser.random();
    const isFirst = this.failures === 0;
    return next.spreadMs && isFirst ? Math.round(random * next.spreadMs) : backOffMs(this.failures, random);
  }

  /** Ends what went on before, a socket or a wait; at any time there is one of the two. */
  private startLife(): Subscription {
    this.life?.unsubscribe();
    return (this.life = new Subscription());
  }

  /** The network changed or the tab was asleep: find out now whether the other end is still there. */
  private wake(): void {
    if (this.live()) this.handle?.probe();
  }

  private loseNetwork(): void {
    this.wake();
    if (this.browser.isOnline()) return;
    this.current.update((state) => (state.kind === 'reconnecting' ? { ...state, kind: 'offline' } : state));
  }
}

/** Also where a page is served without TLS, which has no `randomUUID`. */
function newConsoleKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
