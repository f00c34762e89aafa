import { ForbiddenException, Inject, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Access } from '@deckwatch/contracts';
import type { Request } from 'express';
import { ProblemError } from '../rest/problem.ts';
import { actionOf } from '../rest/route-action.ts';
import { LEAST_ROLE, OPEN, SCOPE } from './access.ts';
import { AuditLog } from './audit-log.ts';
import { Authenticator } from './authenticator.ts';
import { addressOf } from './peer.ts';
import { mayActAs, type User } from './user.ts';

const MOST_TARGET = 200;

export interface VisitedRequest extends Request {
  user?: User;
}

/** Lets a request through to a route that says who may call it, when its visitor is one of those. Else 401 or 403. */
@Injectable()
export class AuthGuard implements CanActivate {
  constructor(
    @Inject(Reflector) private readonly reflector: Reflector,
    @Inject(Authenticator) private readonly authenticator: Authenticator,
    @Inject(AuditLog) private readonly audit: AuditLog,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const targets = [context.getHandler(), context.getClass()];
    if (this.reflector.getAllAndOverride<boolean>(OPEN, targets)) return true;
    const needed = this.reflector.getAllAndOverride<Access | undefined>(LEAST_ROLE, targets);
    if (needed === 'anyone') return true;
    if (needed === undefined) throw new ForbiddenException('this route says nothing of who may call it');
    const request = context.switchToHttp().getRequest<VisitedRequest>();
    const user = await this.authenticator.ofRequest(request);
    if (!user) throw new ProblemError(401, 'sign in, or show a token that is good');
    const scope = this.reflector.getAllAndOverride<string | undefined>(SCOPE, targets);
    const scoped = scope !== undefined && user.scope === scope;
    if (!scoped && !mayActAs(user.role, needed)) {
      const [action, target] = [`refused: ${actionOf(context.getHandler())}`, request.path.slice(0, MOST_TARGET)];
      await this.audit.refuse({ who: user.name, action, target, from: addressOf(request) });
      throw new ForbiddenException(`needs the role ${needed}`);
    }
    request.user = user;
    return true;
  }
}
