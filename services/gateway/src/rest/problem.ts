import { STATUS_CODES } from 'node:http';
import { HttpException } from '@nestjs/common';
import { AccountFault } from '../auth/accounts/account-book.ts';
import { RpcFault } from '@deckwatch/bus';
import type { Problem } from '@deckwatch/contracts';

/** An error that a client is told as it is. */
export class ProblemError extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly errors?: Problem['errors'],
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
    this.name = 'ProblemError';
  }
}

/** How the broker's client names what it throws when the broker does not answer. */
const BROKER_AWAY =
  /^(Timeout|NoResponders|ClosedConnection|Disconnected|DrainingConnection|Connection|JetStreamNotEnabled)(Error)?$/;

/** What a client is told of an error (RFC 9457); what it must not know is not said. */
export function problemOf(error: unknown): Problem {
  if (error instanceof Error && BROKER_AWAY.test(error.name))
    return problemOf(new ProblemError(503, 'the broker is away'));
  if (error instanceof AccountFault) {
    const { status, message, field } = error;
    return problemOf(new ProblemError(status, message, field === undefined ? undefined : [{ path: field, message }]));
  }
  const known = error instanceof ProblemError || error instanceof RpcFault ? error : undefined;
  const status = known?.status ?? statusOf(error);
  const hidden = status >= 500 && !known;
  // The parser's own words quote what was sent, a password perhaps.
  const unreadable = (error as { type?: unknown } | null | undefined)?.type === 'entity.parse.failed';
  return {
    type: 'about:blank',
    title: STATUS_CODES[status] ?? 'Error',
    status,
    detail: hidden ? 'something went wrong' : unreadable ? 'this is not JSON' : String((error as Error).message),
    ...(known?.errors && { errors: known.errors }),
  };
}

/** Nest's own exceptions, and those of the body parser, which carry a status too. */
function statusOf(error: unknown): number {
  if (error instanceof HttpException) return error.getStatus();
  const { status, expose } = (error ?? {}) as { status?: unknown; expose?: unknown };
  return typeof status === 'number' && expose === true && status >= 400 && status < 500 ? status : 500;
}
