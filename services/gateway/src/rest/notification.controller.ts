import { Controller, Inject } from '@nestjs/common';
import type { Bus } from '@deckwatch/bus';
import { ALERTS_RPC } from '@deckwatch/contracts';
import { BUS } from '@deckwatch/service-kit';
import { pageOf } from './paging.ts';
import { Checked, Route, type Answer, type Call } from './route.decorator.ts';

/** A test sends a real notice and waits for the real answer. */
const TEST_MS = 20_000;

@Controller()
export class NotificationController {
  constructor(@Inject(BUS) private readonly bus: Bus) {}

  @Route('listChannels')
  async channels(@Checked() { query }: Call<'listChannels'>): Promise<Answer<'listChannels'>> {
    const { items } = await this.bus.call('alerts', ALERTS_RPC, 'channels', {});
    return pageOf(items, {
      ...query,
      sortKey: (channel) => channel.name.toLowerCase(),
      id: (channel) => channel.id,
      order: 'asc',
    });
  }

  @Route('createChannel')
  create(@Checked() { body }: Call<'createChannel'>): Promise<Answer<'createChannel'>> {
    return this.bus.call('alerts', ALERTS_RPC, 'saveChannel', { channel: body });
  }

  @Route('getChannel')
  channel(@Checked() { params }: Call<'getChannel'>): Promise<Answer<'getChannel'>> {
    return this.bus.call('alerts', ALERTS_RPC, 'channel', params);
  }

  @Route('replaceChannel')
  replace(@Checked() { params: { id }, query, body }: Call<'replaceChannel'>): Promise<Answer<'replaceChannel'>> {
    return this.bus.call('alerts', ALERTS_RPC, 'saveChannel', { channel: body, id, ...query });
  }

  @Route('deleteChannel')
  async delete(@Checked() { params }: Call<'deleteChannel'>): Promise<void> {
    await this.bus.call('alerts', ALERTS_RPC, 'deleteChannel', params);
  }

  @Route('testChannel')
  test(@Checked() { params }: Call<'testChannel'>): Promise<Answer<'testChannel'>> {
    return this.bus.call('alerts', ALERTS_RPC, 'testChannel', params, TEST_MS);
  }

  @Route('listDeliveries')
  deliveries(@Checked() { query }: Call<'listDeliveries'>): Promise<Answer<'listDeliveries'>> {
    return this.bus.call('alerts', ALERTS_RPC, 'deliveries', query);
  }

  @Route('retryDelivery')
  retry(@Checked() { params }: Call<'retryDelivery'>): Promise<Answer<'retryDelivery'>> {
    return this.bus.call('alerts', ALERTS_RPC, 'retryDelivery', params);
  }
}
