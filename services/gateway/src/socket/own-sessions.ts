import type { SessionIngest } from '@deckwatch/contracts';
import type { Clock, Timer } from '@deckwatch/service-kit';
import type { Connection } from './connection.ts';
import { Pulse } from './pulse.ts';

const TOUCH_MS = 15_000;
/** Three touches: after a crash of the gateway its consoles are forgotten by then. */
const TTL_MS = 45_000;
/** After a pause the first is told at once, what comes in so long afterwards together. */
const GATHER_MS = 500;

/**
 * Reports the consoles that are open here as sessions of the app `deckwatch`, so that one sees who is watching. Where
 * many come or go they are told together: each of them is a log item for all consoles, and items of one moment share
 * a frame.
 */
export class OwnSessions {
  private readonly pulse: Pulse<Connection>;
  private waiting: SessionIngest[] = [];
  private timer?: Timer;
  private stopped = false;

  constructor(
    private readonly clock: Clock,
    private readonly publish: (session: SessionIngest) => void,
  ) {
    this.pulse = new Pulse(clock, TOUCH_MS, (connection) => this.publish(this.told(connection, 'touch')));
  }

  start(): void {
    this.pulse.start();
  }

  /** Tells what waits; who goes afterwards is told at once. */
  stop(): void {
    this.stopped = true;
    this.pulse.stop();
    this.clock.clearTimeout(this.timer);
    this.timer = undefined;
    this.tellAll();
  }

  greeted(connection: Connection): void {
    this.pulse.add(connection);
    this.tellSoon(connection, 'start');
  }

  gone(connection: Connection): void {
    this.pulse.delete(connection);
    // One that was asked back is the same session at the next gateway; should it not come, it expires.
    this.tellSoon(connection, connection.returns ? 'touch' : 'end');
  }

  private tellSoon(connection: Connection, op: SessionIngest['op']): void {
    this.waiting.push(this.told(connection, op));
    if (this.timer === undefined) this.tellAndGather();
  }

  private tellAndGather(): void {
    this.timer = undefined;
    if (this.waiting.length === 0) return;
    this.tellAll();
    if (!this.stopped) this.timer = this.clock.setTimeout(() => this.tellAndGather(), GATHER_MS);
  }

  private tellAll(): void {
    for (const session of this.waiting.splice(0)) this.publish(session);
  }

  private told(connection: Connection, op: SessionIngest['op']): SessionIngest {
    const user = connection.user?.name ?? null;
    return { id: connection.sessionId, user, op, ttlMs: TTL_MS, attrs: {}, t: this.clock.now() };
  }
}
