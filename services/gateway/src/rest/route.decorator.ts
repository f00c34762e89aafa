import {
  HttpCode,
  RequestMapping,
  RequestMethod,
  SetMetadata,
  applyDecorators,
  UseInterceptors,
  createParamDecorator,
  type ExecutionContext,
} from '@nestjs/common';
import { API_PREFIX, ENDPOINTS, type EndpointName } from '@deckwatch/contracts';
import type { Request } from 'express';
import type { z } from 'zod';
import { Needs, Scoped } from '../auth/access.ts';
import { AuditInterceptor } from '../auth/audit.interceptor.ts';
import type { VisitedRequest } from '../auth/auth.guard.ts';
import type { User } from '../auth/user.ts';
import { ProblemError } from './problem.ts';
import { BEFORE, ENDPOINT, endpointOf, type StateReader } from './route-action.ts';

const METHODS = {
  get: RequestMethod.GET,
  post: RequestMethod.POST,
  put: RequestMethod.PUT,
  patch: RequestMethod.PATCH,
  delete: RequestMethod.DELETE,
};

type Endpoints = typeof ENDPOINTS;
type Read<S> = S extends z.ZodType ? z.output<S> : never;

/** What a handler of an endpoint is given: checked by the endpoint's schemas. */
export interface Call<N extends EndpointName> {
  params: Read<Endpoints[N]['params']>;
  query: Read<Endpoints[N]['query']>;
  body: Read<Endpoints[N]['body']>;
  user: User;
}

/** What a handler of an endpoint answers. */
export type Answer<N extends EndpointName> = Read<Endpoints[N]['answer']>;

/**
 * Makes a method the handler of an endpoint: its route, its role, its status.
 * @param before reads what a change replaces, for the audit log, where no GET of the same path does
 */
export function Route<N extends EndpointName>(name: N, before?: StateReader<N>): MethodDecorator {
  const { method, path, role, scope, audited, status } = ENDPOINTS[name];
  const route = API_PREFIX + path.replace(/\{(\w+)\}/g, ':$1');
  return applyDecorators(
    RequestMapping({ path: route, method: METHODS[method] }),
    HttpCode(status),
    Needs(role),
    ...(scope === null ? [] : [Scoped(scope)]),
    ...(audited ? [UseInterceptors(AuditInterceptor)] : []),
    SetMetadata(ENDPOINT, name),
    SetMetadata(BEFORE, before),
  );
}

/** The checked call, as a handler's only argument. Throws 400 with a line for each wrong field. */
export const Checked = createParamDecorator((_: unknown, context: ExecutionContext): Call<EndpointName> => {
  const request = context.switchToHttp().getRequest<Request & VisitedRequest>();
  const { params, query, body } = ENDPOINTS[endpointOf(context.getHandler())!];
  const faults: { path: string; message: string }[] = [];
  const read = (where: string, schema: z.ZodType, value: unknown): unknown => {
    const parsed = schema.safeParse(value);
    if (parsed.success) return parsed.data;
    for (const { path, message } of parsed.error.issues) faults.push({ path: [where, ...path].join('.'), message });
    return undefined;
  };
  const bodyless = body.safeParse(undefined).success;
  const call = {
    params: read('params', params, request.params),
    query: read('query', query, request.query),
    body: bodyless ? undefined : read('body', body, request.body),
    user: request.user!,
  };
  if (faults.length > 0) throw new ProblemError(400, 'the request does not fit', faults);
  return call as Call<EndpointName>;
});
