import { Controller, Inject } from '@nestjs/common';
import type { Bus } from '@deckwatch/bus';
import { ALERTS_RPC } from '@deckwatch/contracts';
import { BUS } from '@deckwatch/service-kit';
import { pageOf } from './paging.ts';
import { Checked, Route, type Answer, type Call } from './route.decorator.ts';

@Controller()
export class SilenceController {
  constructor(@Inject(BUS) private readonly bus: Bus) {}

  @Route('listSilences')
  async list(@Checked() { query }: Call<'listSilences'>): Promise<Answer<'listSilences'>> {
    const { items } = await this.bus.call('alerts', ALERTS_RPC, 'silences', {});
    return pageOf(items, { ...query, sortKey: ({ endsAt }) => endsAt, id: ({ id }) => id, order: 'desc' });
  }

  @Route('createSilence')
  create(@Checked() { body, user }: Call<'createSilence'>): Promise<Answer<'createSilence'>> {
    return this.bus.call('alerts', ALERTS_RPC, 'saveSilence', { silence: body, by: user.name });
  }

  @Route('getSilence')
  get(@Checked() { params }: Call<'getSilence'>): Promise<Answer<'getSilence'>> {
    return this.bus.call('alerts', ALERTS_RPC, 'silence', params);
  }

  @Route('replaceSilence')
  replace(@Checked() { params, query, body, user }: Call<'replaceSilence'>): Promise<Answer<'replaceSilence'>> {
    return this.bus.call('alerts', ALERTS_RPC, 'saveSilence', { silence: body, by: user.name, ...params, ...query });
  }

  @Route('deleteSilence')
  async delete(@Checked() { params }: Call<'deleteSilence'>): Promise<void> {
    await this.bus.call('alerts', ALERTS_RPC, 'deleteSilence', params);
  }
}
