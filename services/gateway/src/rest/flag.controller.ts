import { Controller, Inject } from '@nestjs/common';
import type { Bus } from '@deckwatch/bus';
import { BUCKETS } from '@deckwatch/contracts';
import { BUS } from '@deckwatch/service-kit';
import { z } from 'zod';
import { LiveState } from '../feeds/live-state.ts';
import { isFlagName } from '../topics/flag-board.ts';
import { ProblemError } from './problem.ts';
import { Checked, Route, type Answer, type Call } from './route.decorator.ts';

@Controller()
export class FlagController {
  constructor(
    @Inject(LiveState) private readonly state: LiveState,
    @Inject(BUS) private readonly bus: Bus,
  ) {}

  @Route('listFlags')
  list(): Answer<'listFlags'> {
    return this.state.flags.current;
  }

  /** The bucket tells every gateway, this one too; the answer does not wait for that. */
  @Route('setFlag', (at: FlagController, { name }) => isFlagName(name) && { value: at.list()[name] })
  async set(@Checked() { params: { name }, body: { value } }: Call<'setFlag'>): Promise<Answer<'setFlag'>> {
    if (!isFlagName(name)) throw new ProblemError(404, `no flag "${name}"`);
    const bucket = await this.bus.bucket(BUCKETS.flags, z.boolean());
    await bucket.put(name, value);
    return { ...this.state.flags.current, [name]: value };
  }
}
