import type { EventEmitter } from 'node:events';
import type { Bus } from '@deckwatch/bus';
import { systemClock, type Clock } from '@deckwatch/service-kit';

type Read = (frame: unknown) => void;

interface Protocol {
  transport: { socket: EventEmitter };
  /** The client's pings, by timers of its own. */
  heartbeats: { cancel(): void; start(): void };
}

/** What SIGSTOP does to a process, done to one instance among others in this process: no timer goes off, nothing is read. */
export class Freezer {
  private frozen = false;
  private readonly late: (() => void)[] = [];
  private readonly unread: unknown[] = [];
  private readers: Read[] = [];
  private bus?: Bus;

  readonly clock: Clock = {
    ...systemClock,
    setTimeout: (callback, ms) =>
      systemClock.setTimeout(() => (this.frozen ? this.late.push(callback) : callback()), ms),
  };

  readonly onBus = (bus: Bus): void => {
    this.bus = bus;
  };

  freeze(): void {
    const { socket } = this;
    this.frozen = true;
    this.protocol.heartbeats.cancel();
    this.readers = socket.listeners('data') as Read[];
    for (const read of this.readers) socket.off('data', read);
    socket.on('data', this.keep);
  }

  /** As SIGCONT: what came due meanwhile goes off first, then what came in is read. */
  thaw(): void {
    const { socket } = this;
    this.frozen = false;
    for (const callback of this.late.splice(0)) callback();
    socket.off('data', this.keep);
    for (const read of this.readers) socket.on('data', read);
    for (const frame of this.unread.splice(0)) socket.emit('data', frame);
    this.protocol.heartbeats.start();
  }

  private readonly keep = (frame: unknown): void => void this.unread.push(frame);

  private get socket(): EventEmitter {
    return this.protocol.transport.socket;
  }

  private get protocol(): Protocol {
    return (this.bus!.connection as unknown as { protocol: Protocol }).protocol;
  }
}
