import { Module } from '@nestjs/common';
import { APP_FILTER, APP_GUARD } from '@nestjs/core';
import { AuthGuard } from '../auth/auth.guard.ts';
import { AuthModule } from '../auth/auth.module.ts';
import { AuditController } from '../auth/audit.controller.ts';
import { LoginController } from '../auth/logins/login.controller.ts';
import { TokenController } from '../auth/programs/token.controller.ts';
import { UserController } from '../auth/accounts/user.controller.ts';
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
import { SilenceController } from './silence.controller.ts';

export const CONTROLLERS = [
  AlertController,
  AuditController,
  ContainerController,
  DocsController,
  ExportController,
  FlagController,
  HostController,
  LoginController,
  NotificationController,
  OpsController,
  RuleController,
  SessionController,
  SilenceController,
  TokenController,
  UserController,
];

/** The REST side of the door: every route passes the guard, every error is a problem. */
@Module({
  imports: [AuthModule, FeedsModule],
  controllers: CONTROLLERS,
  providers: [
    { provide: APP_GUARD, useClass: AuthGuard },
    { provide: APP_FILTER, useClass: ProblemFilter },
  ],
})
export class RestModule {}
