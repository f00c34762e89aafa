import { Inject, Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { tap, type Observable } from 'rxjs';
import { actionOf, stateReader } from '../rest/route-action.ts';
import { AuditLog } from './audit-log.ts';
import type { VisitedRequest } from './auth.guard.ts';
import { addressOf } from './peer.ts';

/** Writes down each change that went through: who, which route, how it stood before, what was asked. */
@Injectable()
export class AuditInterceptor implements NestInterceptor {
  constructor(
    @Inject(AuditLog) private readonly audit: AuditLog,
    @Inject(ModuleRef) private readonly modules: ModuleRef,
  ) {}

  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const request = context.switchToHttp().getRequest<VisitedRequest>();
    const who = request.user?.name ?? 'anyone';
    const action = actionOf(context.getHandler());
    const before = await this.before(context, request);
    const entry = { who, action, target: request.path, from: addressOf(request), before };
    return next.handle().pipe(tap(() => void this.audit.write({ ...entry, after: request.body as unknown })));
  }

  /** What can't be read is not known: the change itself will say what is wrong. */
  private async before(context: ExecutionContext, request: VisitedRequest): Promise<unknown> {
    const read = stateReader(context.getClass(), context.getHandler());
    if (!read) return null;
    try {
      return (await read(this.modules.get(context.getClass(), { strict: false }), request)) ?? null;
    } catch {
      return null;
    }
  }
}
