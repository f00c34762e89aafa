import type { Bus } from '@deckwatch/bus';
import { ContainerEvent, filters, subjects } from '@deckwatch/contracts';
import type { Clock } from '@deckwatch/service-kit';
import type { LiveState } from './live-state.ts';

/** Takes a host that is gone out of the inventory. */
export class HostUndertaker {
  constructor(
    private readonly bus: Bus,
    private readonly state: LiveState,
    private readonly clock: Clock,
  ) {}

  /** Each container is told `removed` first: whoever follows the inventory does not see a purge. */
  async bury(host: string): Promise<void> {
    const log = this.bus.log('CONTAINERS');
    const last = await log.last(filters.containersOf(host), ContainerEvent);
    for (const [subject, { seq, message }] of last) {
      if (message.event === 'removed') continue;
      await log.append(
        subject,
        { ...message, t: this.clock.now(), state: 'dead', health: null, event: 'removed' },
        seq,
      );
    }
    this.bus.publish(subjects.hostForgotten, { host });
    this.state.forgetHost(host);
    await log.purge(subjects.container(host, '*'));
  }
}
