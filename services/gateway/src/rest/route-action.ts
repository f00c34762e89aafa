import { ENDPOINTS, type EndpointName } from '@deckwatch/contracts';
import type { Request } from 'express';
import type { z } from 'zod';
import type { VisitedRequest } from '../auth/auth.guard.ts';

export const ENDPOINT = 'deckwatch:endpoint';
export const BEFORE = 'deckwatch:before';

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- each route names the controller that it stands in
type OwnController = any;
type ParamsOf<N extends EndpointName> = z.output<(typeof ENDPOINTS)[N]['params']>;
/** Reads how the thing that an endpoint changes stands; `at` is the endpoint's controller. */
export type StateReader<N extends EndpointName> = (at: OwnController, params: ParamsOf<N>) => unknown;

type Controller = abstract new (...args: never[]) => object;
type Method = (call: object) => unknown;

/** The endpoint that a handler serves. */
export function endpointOf(handler: object): EndpointName | undefined {
  return Reflect.getMetadata(ENDPOINT, handler) as EndpointName | undefined;
}

/** What a handler does, as the audit log words it: `replaceRule` is `replace rule`. */
export function actionOf(handler: { name: string }): string {
  return (endpointOf(handler) ?? handler.name).replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

/**
 * What reads how the thing stands that a handler is about to change: as its route says, else as the GET of the same path
 * does. undefined: it makes something new, or nothing tells.
 */
export function stateReader(
  controller: Controller,
  handler: object,
): ((instance: object, request: VisitedRequest) => unknown) | undefined {
  const name = endpointOf(handler);
  if (name === undefined) return undefined;
  const { method, path, params } = ENDPOINTS[name];
  const paramsOf = (request: Request): object => params.parse(request.params);
  const told = Reflect.getMetadata(BEFORE, handler) as StateReader<EndpointName> | undefined;
  if (told) return (instance, request) => told(instance, paramsOf(request) as never);
  if (method === 'post') return undefined;
  const prototype = controller.prototype as Record<string, Method>;
  const reader = Object.getOwnPropertyNames(prototype).find((key) => {
    const served = endpointOf(prototype[key]!);
    return served !== undefined && ENDPOINTS[served].method === 'get' && ENDPOINTS[served].path === path;
  });
  if (reader === undefined) return undefined;
  return (instance, request) =>
    (instance as Record<string, Method>)[reader]!({ params: paramsOf(request), query: {}, user: request.user });
}
