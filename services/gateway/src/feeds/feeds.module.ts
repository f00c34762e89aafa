import { randomBytes } from 'node:crypto';
import { Inject, Module, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { faultOf, RpcFault, type Bus, type Log } from '@deckwatch/bus';
import { BUS, CLOCK, CONTEXT, LOG, PARTS, type Clock, type Parts, type ServiceContext } from '@deckwatch/service-kit';
import type { GatewaySettings } from '../settings.ts';
import { HostUndertaker } from './host-undertaker.ts';
import { LiveState } from './live-state.ts';

const liveState = {
  provide: LiveState,
  useFactory: (bus: Bus, clock: Clock, log: Log, parts: Parts) =>
    new LiveState({ bus, clock, log, parts, epoch: randomBytes(6).toString('base64url') }),
  inject: [BUS, CLOCK, LOG, PARTS],
};

const undertaker = {
  provide: HostUndertaker,
  useFactory: (bus: Bus, state: LiveState, clock: Clock) => new HostUndertaker(bus, state, clock),
  inject: [BUS, LiveState, CLOCK],
};

/** What the gateway knows, and the topics that show it. */
@Module({ providers: [liveState, undertaker], exports: [LiveState, HostUndertaker] })
export class FeedsModule implements OnModuleInit, OnApplicationShutdown {
  constructor(
    @Inject(LiveState) private readonly state: LiveState,
    @Inject(HostUndertaker) private readonly undertaker: HostUndertaker,
    @Inject(CONTEXT) private readonly context: ServiceContext<GatewaySettings>,
  ) {}

  async onModuleInit(): Promise<void> {
    await this.state.start();
    for (const host of this.context.settings.DECKWATCH_FORGET_HOSTS) await this.forget(host);
  }

  private async forget(host: string): Promise<void> {
    try {
      await this.undertaker.forget(host);
    } catch (error) {
      // One that is not known is forgotten already.
      if (!(error instanceof RpcFault && error.status === 404)) this.context.log.warn('host not forgotten', { host, fault: faultOf(error) }); // prettier-ignore
    }
  }

  onApplicationShutdown(): void {
    this.state.stop();
  }
}
