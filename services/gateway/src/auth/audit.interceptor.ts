import { Inject, Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { tap, type Observable } from 'rxjs';
import { AuditLog } from './audit-log.ts';
import type { VisitedRequest } from './auth.guard.ts';

/** Writes down each change that went through: who, which route, what was asked. */
@Injectable()
export class AuditInterceptor implements NestInterceptor {
  constructor(@Inject(AuditLog) private readonly audit: AuditLog) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = context.switchToHttp().getRequest<VisitedRequest>();
    const who = request.user?.name ?? 'anyone';
    const action = context.getHandler().name;
    const entry = { who, action, target: request.path, from: request.socket.remoteAddress ?? '', before: null };
    return next.handle().pipe(tap(() => void this.audit.write({ ...entry, after: request.body as unknown })));
  }
}
