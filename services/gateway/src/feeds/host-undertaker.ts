import { RpcFault, type Bus } from '@deckwatch/bus';
import { BUCKETS, ContainerEvent, DEMO_RPC, filters, subjects } from '@deckwatch/contracts';
import type { Clock } from '@deckwatch/service-kit';
import { z } from 'zod';
import type { LiveState } from './live-state.ts';

/** The demo answers when nobody watches it any more. */
const STOP_MS = 5000;

/** Takes a host that is gone out of the inventory. */
export class HostUndertaker {
  constructor(
    private readonly bus: Bus,
    private readonly state: LiveState,
    private readonly clock: Clock,
  ) {}

  /**
   * Forgets a host that is gone, or the demo, which is stopped for that. Throws RpcFault: 404 for one that is not known,
   * 409 for one that still reports.
   */
  async forget(host: string): Promise<void> {
    const known = this.state.hosts.get(host);
    const bucket = await this.bus.bucket(BUCKETS.hosts, z.unknown());
    const claimed = await bucket.get(host);
    if (!known && !claimed && this.state.inventory.of(host).length === 0) throw new RpcFault(404, `no host "${host}"`);
    const there = known !== undefined && known.status !== 'down';
    if (there && !known.demo) throw new RpcFault(409, `"${host}" still reports; stop its collector first`);
    if (there) await this.bus.call('demo', DEMO_RPC, 'stop', {}, STOP_MS);
    await this.bury(host);
    await bucket.delete(host);
  }

  /** Each container is told `removed` first: whoever follows the inventory does not see a purge. */
  private async bury(host: string): Promise<void> {
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
