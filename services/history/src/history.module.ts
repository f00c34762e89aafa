import { Inject, Module, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { CONTEXT } from '@deckwatch/service-kit';
import { HistoryRecorder, type RecorderContext } from './history-recorder.ts';

@Module({
  providers: [
    {
      provide: HistoryRecorder,
      useFactory: (context: RecorderContext) => new HistoryRecorder(context),
      inject: [CONTEXT],
    },
  ],
})
export class HistoryModule implements OnApplicationBootstrap, OnApplicationShutdown {
  constructor(@Inject(HistoryRecorder) private readonly recorder: HistoryRecorder) {}

  onApplicationBootstrap(): void {
    this.recorder.start();
  }

  onApplicationShutdown(): void {
    this.recorder.stop();
  }
}
