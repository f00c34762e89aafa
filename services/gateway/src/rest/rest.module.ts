import { Module } from '@nestjs/common';
import { APP_FILTER, APP_GUARD } from '@nestjs/core';
import { LoopbackGuard } from '../auth/loopback.guard.ts';
import { DocsController } from '../docs/docs.controller.ts';
import { ExportController } from '../export/export.controller.ts';
import { FeedsModule } from '../feeds/feeds.module.ts';
import { AlertController } from './alert.controller.ts';
import { ContainerController } from './container.controller.ts';
import { FlagController } from './flag.controller.ts';
import { HostController } from './host.controller.ts';
import { NotificationController } from './notification.controller.ts';
import { OpsController } from './ops.controller.ts';
import { ProblemFilter } from './problem.filter.ts';
import { RuleController } from './rule.controller.ts';
import { SessionController } from './session.controller.ts';

export const CONTROLLERS = [
  AlertController,
  ContainerController,
  DocsController,
  ExportController,
  FlagController,
  HostController,
  NotificationController,
  OpsController,
  RuleController,
  SessionController,
];

/** The REST side of the door: every route passes the guard, every error is a problem. */
@Module({
  imports: [FeedsModule],
  controllers: CONTROLLERS,
  providers: [
    { provide: APP_GUARD, useClass: LoopbackGuard },
    { provide: APP_FILTER, useClass: ProblemFilter },
  ],
})
export class RestModule {}
