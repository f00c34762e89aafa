import { RpcError, type RpcMethod, type RpcTable } from '@deckwatch/contracts';
import { z } from 'zod';
import type { Bus, BusMessage, BusSubscription } from './bus.ts';
import { faultOf, type Log } from './log.ts';
import { RpcFault } from './rpc-fault.ts';

export type RpcHandlers<T extends RpcTable> = {
  [M in keyof T]: (request: z.output<T[M]['request']>) => Promise<z.input<T[M]['reply']>> | z.input<T[M]['reply']>;
};

const Envelope = z.union([
  z.object({ ok: z.literal(true), data: z.unknown() }),
  z.object({ ok: z.literal(false), error: RpcError }),
]);

/** The faults of a value as `{path, message}`, paths with dots. */
export function faultsOf(error: z.ZodError): { path: string; message: string }[] {
  return error.issues.map((issue) => ({ path: issue.path.map(String).join('.'), message: issue.message }));
}

export async function callMethod(
  bus: Bus,
  subject: string,
  method: RpcMethod,
  request: object,
  timeoutMs?: number,
): Promise<unknown> {
  const answered = await bus.request(subject, request, timeoutMs);
  const envelope = Envelope.safeParse(method.bare ? { ok: true, data: answered } : answered);
  if (!envelope.success) throw new RpcFault(502, `an answer of unknown shape on ${subject}`);
  if (!envelope.data.ok) {
    const { status, message, errors } = envelope.data.error;
    throw new RpcFault(status, message, errors);
  }
  const reply = method.reply.safeParse(envelope.data.data);
  if (!reply.success) throw new RpcFault(502, `an answer of unknown shape on ${subject}`);
  return reply.data;
}

/** An empty request asks for nothing in particular. */
function requestOf(message: BusMessage): unknown {
  if (message.data.length === 0) return {};
  try {
    return message.json();
  } catch (error) {
    throw new RpcFault(400, 'the request is not JSON', undefined, { cause: error });
  }
}

async function answer(
  method: RpcMethod,
  handler: (request: unknown) => unknown,
  message: BusMessage,
  log: Log,
): Promise<unknown> {
  try {
    const request = method.request.safeParse(requestOf(message));
    if (!request.success) throw new RpcFault(400, 'the request does not fit', faultsOf(request.error));
    const data = await handler(request.data);
    if (method.bare) return data;
    return { ok: true, data: data === undefined ? {} : data };
  } catch (error) {
    if (error instanceof RpcFault) return { ok: false, error };
    log.error('request failed', { subject: message.subject, fault: faultOf(error) });
    return { ok: false, error: { status: 500, message: 'something went wrong' } };
  }
}

/** An answer that the broker takes for too large is told as such; none may end the process. */
function respondWith(message: BusMessage, reply: object, log: Log): void {
  try {
    message.respond(reply);
  } catch (error) {
    log.error('answer not sent', { subject: message.subject, fault: faultOf(error) });
    message.respond({ ok: false, error: { status: 413, message: 'the answer is too large: ask for fewer items' } });
  }
}

export function serveTable<T extends RpcTable>(
  bus: Bus,
  subjectOf: (method: string) => string,
  table: T,
  handlers: RpcHandlers<T>,
  queue: string,
  log: Log,
): BusSubscription {
  const subscriptions = Object.entries(table).map(([name, method]) => {
    const handler = handlers[name] as (request: unknown) => unknown;
    const respond = (message: BusMessage): void => {
      void answer(method, handler, message, log).then((reply) => {
        if (message.reply && !bus.connection.isClosed()) respondWith(message, reply as object, log);
      });
    };
    return bus.subscribe(subjectOf(name), respond, { queue });
  });
  return { unsubscribe: () => subscriptions.forEach((subscription) => subscription.unsubscribe()) };
}
