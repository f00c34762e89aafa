import { Controller, Inject } from '@nestjs/common';
import type { Bus } from '@deckwatch/bus';
import { ALERTS_RPC } from '@deckwatch/contracts';
import { BUS } from '@deckwatch/service-kit';
import { pageOf } from './paging.ts';
import { Checked, Route, type Answer, type Call } from './route.decorator.ts';

@Controller()
export class AlertController {
  constructor(@Inject(BUS) private readonly bus: Bus) {}

  @Route('listAlerts')
  async list(@Checked() { query }: Call<'listAlerts'>): Promise<Answer<'listAlerts'>> {
    // Those that are over are in the log alone.
    if (query.state === 'resolved') return this.bus.call('alerts', ALERTS_RPC, 'history', { ...query, state: 'resolved' }, 10_000); // prettier-ignore
    const { items } = await this.bus.call('alerts', ALERTS_RPC, 'active', { state: query.state });
    return pageOf(items, { ...query, sortKey: (alert) => alert.since, id: (alert) => alert.id, order: 'desc' });
  }

  @Route('ackAlert')
  acknowledge(@Checked() { params, body, user }: Call<'ackAlert'>): Promise<Answer<'ackAlert'>> {
    return this.bus.call('alerts', ALERTS_RPC, 'ack', { ...params, ...body, by: user.name });
  }

  @Route('unackAlert')
  unacknowledge(@Checked() { params, user }: Call<'unackAlert'>): Promise<Answer<'unackAlert'>> {
    return this.bus.call('alerts', ALERTS_RPC, 'unack', { ...params, by: user.name });
  }

  @Route('alertHistory')
  history(@Checked() { query }: Call<'alertHistory'>): Promise<Answer<'alertHistory'>> {
    return this.bus.call('alerts', ALERTS_RPC, 'history', query, 10_000);
  }
}
