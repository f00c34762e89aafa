import type { NextFunction, Request, Response } from 'express';
import { nameOfHost, type DoorPolicy } from './admission.ts';

const YEAR_S = 31_536_000;

/** Of whatever is answered, errors too. What a page needs beyond that it sets itself. */
const HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
};

/** Tells browsers what they may not do with an answer: OWASP's list of secure headers. */
export function doorHeaders({
  publicOrigins,
  tls,
}: DoorPolicy): (_: Request, answer: Response, next: NextFunction) => void {
  const byTls = new Set(publicOrigins.map((text) => new URL(text)).filter(({ protocol }) => protocol === 'https:').map(({ hostname }) => hostname)); // prettier-ignore
  return (request, response, next) => {
    response.set(HEADERS);
    // A host that is published by https is to be visited by nothing else.
    if (tls || byTls.has(nameOfHost(request.headers.host) ?? ''))
      response.set('strict-transport-security', `max-age=${YEAR_S}`);
    next();
  };
}
