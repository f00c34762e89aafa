import { Controller, Inject } from '@nestjs/common';
import type { Bus } from '@deckwatch/bus';
import { BUCKETS, DEMO_RPC } from '@deckwatch/contracts';
import { BUS } from '@deckwatch/service-kit';
import { z } from 'zod';
import { LiveState } from '../feeds/live-state.ts';
import { HostUndertaker } from '../feeds/host-undertaker.ts';
import { pageOf } from './paging.ts';
import { ProblemError } from './problem.ts';
import { Checked, Route, type Answer, type Call } from './route.decorator.ts';

/** The demo answers when nobody watches it any more. */
const STOP_MS = 5000;

@Controller()
export class HostController {
  constructor(
    @Inject(LiveState) private readonly state: LiveState,
    @Inject(BUS) private readonly bus: Bus,
    @Inject(HostUndertaker) private readonly undertaker: HostUndertaker,
  ) {}

  @Route('listHosts')
  list(@Checked() { query }: Call<'listHosts'>): Answer<'listHosts'> {
    return pageOf([...this.state.hosts.all()], {
      ...query,
      sortKey: (host) => host.key,
      id: (host) => host.key,
      order: 'asc',
    });
  }

  @Route('forgetHost')
  async forget(@Checked() { params: { host } }: Call<'forgetHost'>): Promise<void> {
    const known = this.state.hosts.get(host);
    const bucket = await this.bus.bucket(BUCKETS.hosts, z.unknown());
    const claimed = await bucket.get(host);
    if (!known && !claimed && this.state.inventory.of(host).length === 0)
      throw new ProblemError(404, `no host "${host}"`);
    const there = known !== undefined && known.status !== 'down';
    if (there && !known.demo) throw new ProblemError(409, `"${host}" still reports; stop its collector first`);
    if (there) await this.bus.call('demo', DEMO_RPC, 'stop', {}, STOP_MS);
    await this.undertaker.bury(host);
    await bucket.delete(host);
  }
}
