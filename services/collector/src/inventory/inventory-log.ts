import { faultOf, FencedOut, LogFull, type SubjectLog } from '@deckwatch/bus';
import { ContainerEvent, filters, subjects } from '@deckwatch/contracts';
import type { Log } from '@deckwatch/service-kit';
import type { InventoryOutlet } from './inventory.ts';
import type { Retention } from './retention.ts';

/** How many messages may wait for the broker, of all containers. */
const LONGEST_BACKLOG = 5000;

export interface InventoryLogOptions {
  host: string;
  stream: Pick<SubjectLog, 'append' | 'forget' | 'last'>;
  retention: Retention;
  log: Log;
  /** Somebody else has written the container's subject: this is what stands there now. */
  onFenced(stored: ContainerEvent): void;
  maxBacklog?: number;
}

/**
 * Writes the inventory to its stream: the messages of a container in order, one at a time, those of different
 * containers beside one another. While the broker is away they wait; when too many do, the containers whose messages
 * were lost are remembered and said again as they stand.
 */
export class InventoryLog implements InventoryOutlet {
  private readonly waiting = new Map<string, ContainerEvent[]>();
  private readonly lost = new Map<string, ContainerEvent>();
  private backlog = 0;

  constructor(private readonly options: InventoryLogOptions) {}

  /** What the stream holds: the last message of each container of this host. */
  async stored(): Promise<ContainerEvent[]> {
    const { stream, host } = this.options;
    const found = await stream.last(filters.containersOf(host), ContainerEvent);
    return [...found.values()].map(({ message }) => message);
  }

  publish(message: ContainerEvent): void {
    const queue = this.waiting.get(message.id);
    if (this.backlog >= (this.options.maxBacklog ?? LONGEST_BACKLOG)) return this.lose(message);
    this.backlog += 1;
    this.lost.delete(message.id); // this one is newer
    if (queue) return void queue.push(message);
    const own = [message];
    this.waiting.set(message.id, own);
    void this.write(message.id, own);
  }

  /** Whether messages of that container wait to be written. */
  waits(id: string): boolean {
    return this.waiting.has(id) || this.lost.has(id);
  }

  removed(id: string, t: number): void {
    this.options.retention.add(id, t);
  }

  private async write(id: string, queue: ContainerEvent[]): Promise<void> {
    const subject = subjects.container(this.options.host, id);
    for (let message = queue[0]; message; message = queue[0]) {
      const fenced = await this.append(subject, message, queue);
      const written = fenced ? queue.splice(0).length : (queue.shift(), 1);
      this.backlog -= written;
      if (message.event === 'removed') this.options.stream.forget(subject);
      if (fenced) this.options.onFenced(fenced);
    }
    this.waiting.delete(id);
    this.sayLost();
  }

  /** Returns the message of another writer when there is one. */
  private async append(
    subject: string,
    message: ContainerEvent,
    queue: readonly ContainerEvent[],
  ): Promise<ContainerEvent | undefined> {
    const { stream, log } = this.options;
    try {
      await stream.append(subject, message);
    } catch (error) {
      if (error instanceof LogFull) {
        if (queue.length === 1) this.lose(message); // else a newer one follows
      } else if (!(error instanceof FencedOut))
        log.error('inventory message refused', { subject, fault: faultOf(error) });
      else return this.settle(subject, message, error);
    }
    return undefined;
  }

  /** The subject is empty where the stream was made anew: then nobody else has written. */
  private async settle(
    subject: string,
    message: ContainerEvent,
    fence: FencedOut,
  ): Promise<ContainerEvent | undefined> {
    const other = ContainerEvent.safeParse(fence.stored);
    if (other.success) {
      this.options.log.warn('another collector writes this host', { subject });
      return other.data;
    }
    try {
      await this.options.stream.append(subject, message, fence.seq);
    } catch (error) {
      this.options.log.error('inventory message refused', { subject, fault: faultOf(error) });
    }
    return undefined;
  }

  private lose(message: ContainerEvent): void {
    if (this.lost.size === 0)
      this.options.log.warn('too many inventory messages wait for the broker, some are left out');
    this.lost.delete(message.id);
    this.lost.set(message.id, message);
  }

  /** Once there is room again: the last state of each, which makes up for what lay between. */
  private sayLost(): void {
    const limit = this.options.maxBacklog ?? LONGEST_BACKLOG;
    for (const [id, message] of this.lost) {
      if (this.backlog >= limit / 2) return;
      this.lost.delete(id);
      this.publish(message.event === 'removed' ? message : { ...message, event: 'seen' });
    }
  }
}
