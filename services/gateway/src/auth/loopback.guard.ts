import type { IncomingMessage } from 'node:http';
import { ForbiddenException, Inject, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Role } from '@deckwatch/contracts';
import { isForwarded, isLoopbackName, isLoopbackPeer, nameOfHost } from './admission.ts';
import { LEAST_ROLE, OPEN } from './access.ts';
import { mayActAs, type User } from './user.ts';

export interface VisitedRequest extends IncomingMessage {
  user?: User;
}

const LOCAL_ADMIN: User = { name: 'admin', role: 'admin' };

/**
 * Who a request comes from, for REST and WebSocket alike. Until there are accounts, whoever sits at this machine is the
 * admin and nobody else is anybody: peer and Host must be loopback and no proxy between.
 */
export function visitorOf(request: IncomingMessage): User | undefined {
  const { headers, socket } = request;
  const local =
    isLoopbackPeer(socket.remoteAddress) && isLoopbackName(nameOfHost(headers.host) ?? '') && !isForwarded(headers);
  return local ? LOCAL_ADMIN : undefined;
}

/** Lets a request through to a route whose role its visitor has. */
@Injectable()
export class LoopbackGuard implements CanActivate {
  constructor(@Inject(Reflector) private readonly reflector: Reflector) {}

  canActivate(context: ExecutionContext): boolean {
    const targets = [context.getHandler(), context.getClass()];
    if (this.reflector.getAllAndOverride<boolean>(OPEN, targets)) return true;
    const needed = this.reflector.getAllAndOverride<Role | undefined>(LEAST_ROLE, targets);
    const request = context.switchToHttp().getRequest<VisitedRequest>();
    const user = visitorOf(request);
    if (!user) throw new ForbiddenException('only from this machine itself, without a proxy, until there are accounts');
    if (!needed || !mayActAs(user.role, needed))
      throw new ForbiddenException(`needs the role ${needed ?? 'of nobody'}`);
    request.user = user;
    return true;
  }
}
