import type { SessionIngest } from '@deckwatch/contracts';
import type { Clock } from '@deckwatch/service-kit';
import type { Connection } from './connection.ts';
import { Pulse } from './pulse.ts';

const TOUCH_MS = 15_000;
/** Three touches: after a crash of the gateway its consoles are forgotten by then. */
const TTL_MS = 45_000;

/** Reports the consoles that are open here as sessions of the app `deckwatch`, so that one sees who is watching. */
export class OwnSessions {
  private readonly pulse: Pulse<Connection>;

  constructor(
    private readonly clock: Clock,
    private readonly publish: (session: SessionIngest) => void,
  ) {
    this.pulse = new Pulse(clock, TOUCH_MS, (connection) => this.tell(connection, 'touch'));
  }

  start(): void {
    this.pulse.start();
  }

  stop(): void {
    this.pulse.stop();
  }

  greeted(connection: Connection): void {
    this.pulse.add(connection);
    this.tell(connection, 'start');
  }

  gone(connection: Connection): void {
    this.pulse.delete(connection);
    this.tell(connection, 'end');
  }

  private tell(connection: Connection, op: SessionIngest['op']): void {
    const user = connection.user?.name ?? null;
    this.publish({ id: connection.id, user, op, ttlMs: TTL_MS, attrs: {}, t: this.clock.now() });
  }
}
