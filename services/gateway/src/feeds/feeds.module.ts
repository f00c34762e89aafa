import { randomBytes } from 'node:crypto';
import { Inject, Module, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import type { Bus, Log } from '@deckwatch/bus';
import { BUS, CLOCK, LOG, PARTS, type Clock, type Parts } from '@deckwatch/service-kit';
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
  constructor(@Inject(LiveState) private readonly state: LiveState) {}

  onModuleInit(): Promise<void> {
    return this.state.start();
  }

  onApplicationShutdown(): void {
    this.state.stop();
  }
}
