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
  const envelope = Envelope.safeParse(await bus.request(subject, request, timeoutMs));
  if (!envelope.success) throw new RpcFault(502, `an answer of unknown shape on ${subject}`);
  if (!envelope.data.ok) {
    const { status, message, errors } = envelope.data.error;
    throw new RpcFault(status, message, errors);
  }
  const reply = method.reply.safeParse(envelope.data.data);
  if (!reply.success) throw new RpcFault(502, `an answer of unknown shape on ${subject}`);
  return reply.data;
}

async function answer(method: RpcMethod, handler: (request: unknown) => unknown, message: BusMessage, log: Log): Promise<object> {
  try {
    const request = method.request.safeParse(message.json());
    if (!request.success) throw new RpcFault(400, 'the request does not fit', faultsOf(request.error));
    return { ok: true, data: (await handler(request.data)) ?? {} };
  } catch (error) {
    if (error instanceof RpcFault) return { ok: false, error };
    log.error('request failed', { subject: message.subject, fault: faultOf(error) });
    return { ok: false, error: { status: 500, message: 'something went wrong' } };
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
        if (message.reply && !bus.connection.isClosed()) message.respond(reply);
      });
    };
    return bus.subscribe(subjectOf(name), respond, { queue });
  });
  return { unsubscribe: () => subscriptions.forEach((subscription) => subscription.unsubscribe()) };
}
