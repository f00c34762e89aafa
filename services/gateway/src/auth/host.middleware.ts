import type { NextFunction, Request, Response } from 'express';
import { STATUS_CODES } from 'node:http';
import { isOwnHost, isOwnOrigin, type DoorPolicy } from './admission.ts';

/** Orchestrators ask for health by the machine's address, whatever that is. */
const ANY_HOST = /^\/health\/(live|ready)$/;
const SAFE = new Set(['GET', 'HEAD']);

/** Refuses requests for another host (421), and writes from another origin (403), before anything looks at them. */
export function hostMiddleware(policy: DoorPolicy): (request: Request, response: Response, next: NextFunction) => void {
  return (request, response, next) => {
    const { host, origin } = request.headers;
    if (!isOwnHost(host, policy) && !ANY_HOST.test(request.path))
      refuse(response, 421, 'this host name is not served here');
    else if (!SAFE.has(request.method) && !isOwnOrigin(origin, host, policy))
      refuse(response, 403, 'this origin may not write');
    else next();
  };
}

function refuse(response: Response, status: number, detail: string): void {
  const problem = { type: 'about:blank', title: STATUS_CODES[status], status, detail };
  response.status(status).type('application/problem+json').send(JSON.stringify(problem));
}
