import { Inject, Module, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { CONTEXT } from '@deckwatch/service-kit';
import { SessionKeeper, type KeeperContext } from './session-keeper.ts';

@Module({
  providers: [
    { provide: SessionKeeper, useFactory: (context: KeeperContext) => new SessionKeeper(context), inject: [CONTEXT] },
  ],
})
export class SessionsModule implements OnApplicationBootstrap, OnApplicationShutdown {
  constructor(@Inject(SessionKeeper) private readonly keeper: SessionKeeper) {}

  onApplicationBootstrap(): void {
    this.keeper.start();
  }

  onApplicationShutdown(): Promise<void> {
    return this.keeper.stop();
  }
}
