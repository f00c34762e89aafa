import { Controller, Inject } from '@nestjs/common';
import type { Bus } from '@deckwatch/bus';
import { ALERTS_RPC } from '@deckwatch/contracts';
import { BUS } from '@deckwatch/service-kit';
import { pageOf } from './paging.ts';
import { ProblemError } from './problem.ts';
import { Checked, Route, type Answer, type Call } from './route.decorator.ts';

/** A preview reads history. */
const PREVIEW_MS = 10_000;

@Controller()
export class RuleController {
  constructor(@Inject(BUS) private readonly bus: Bus) {}

  @Route('listRules')
  async list(@Checked() { query }: Call<'listRules'>): Promise<Answer<'listRules'>> {
    const { items } = await this.bus.call('alerts', ALERTS_RPC, 'rules', {});
    return pageOf(items, { ...query, sortKey: (rule) => rule.name.toLowerCase(), id: (rule) => rule.id, order: 'asc' });
  }

  @Route('createRule')
  create(@Checked() { body }: Call<'createRule'>): Promise<Answer<'createRule'>> {
    return this.bus.call('alerts', ALERTS_RPC, 'saveRule', { rule: body });
  }

  @Route('previewRule')
  preview(@Checked() { body }: Call<'previewRule'>): Promise<Answer<'previewRule'>> {
    return this.bus.call('alerts', ALERTS_RPC, 'previewRule', { rule: body }, PREVIEW_MS);
  }

  @Route('getProvisioning')
  provisioning(): Promise<Answer<'getProvisioning'>> {
    return this.bus.call('alerts', ALERTS_RPC, 'provisioning', {});
  }

  @Route('getRule')
  get(@Checked() { params }: Call<'getRule'>): Promise<Answer<'getRule'>> {
    return this.bus.call('alerts', ALERTS_RPC, 'rule', params);
  }

  /** Without a revision the one that is there now is replaced. */
  @Route('replaceRule')
  async replace(@Checked() { params, query, body }: Call<'replaceRule'>): Promise<Answer<'replaceRule'>> {
    if (body.id !== undefined && body.id !== params.id) {
      throw new ProblemError(400, 'the request does not fit', [
        { path: 'body.id', message: 'differs from the id in the path' },
      ]);
    }
    const revision = query.revision ?? (await this.bus.call('alerts', ALERTS_RPC, 'rule', params)).revision;
    return this.bus.call('alerts', ALERTS_RPC, 'saveRule', { rule: { ...body, id: params.id }, revision });
  }

  @Route('deleteRule')
  async delete(@Checked() { params }: Call<'deleteRule'>): Promise<void> {
    await this.bus.call('alerts', ALERTS_RPC, 'deleteRule', params);
  }
}
