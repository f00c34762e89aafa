import { z } from 'zod';
import { Timestamp, Token } from './primitives.ts';
import type { Access } from './roles.ts';

export interface Endpoint<
  P extends z.ZodObject = z.ZodObject,
  Q extends z.ZodObject = z.ZodObject,
  B extends z.ZodType = z.ZodType,
  A extends z.ZodType = z.ZodType,
> {
  method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  /** Under `/api/v1`, parameters as `{name}`. */
  path: string;
  /** The least role that may call it. */
  role: Access;
  /** Tokens of this scope may call it as well. */
  scope: 'ingest' | null;
  /** Whether its changes are written into the audit log; all of those with a method but GET are, unless this is false. */
  audited: boolean;
  summary: string;
  tag: string;
  params: P;
  query: Q;
  body: B;
  answer: A;
  /** Of the answer; text of another kind is streamed. */
  type: 'application/json' | 'text/csv';
  status: 200 | 201 | 204;
}

const Empty = z.object({});
type Empty = typeof Empty;

type EndpointDraft<P extends z.ZodObject, Q extends z.ZodObject, B extends z.ZodType, A extends z.ZodType> = Pick<
  Endpoint,
  'method' | 'path' | 'summary' | 'tag'
> & {
  role?: Access;
  scope?: 'ingest';
  audited?: boolean;
  params?: P;
  query?: Q;
  body?: B;
  answer?: A;
  type?: Endpoint['type'];
  status?: 200 | 201 | 204;
};

/** Fills in what most endpoints have in common. */
export function endpoint<
  P extends z.ZodObject = Empty,
  Q extends z.ZodObject = Empty,
  B extends z.ZodType = z.ZodUndefined,
  A extends z.ZodType = z.ZodUndefined,
>(draft: EndpointDraft<P, Q, B, A>): Endpoint<P, Q, B, A> {
  return {
    role: 'viewer',
    scope: null,
    audited: draft.method !== 'get',
    params: Empty as unknown as P,
    query: Empty as unknown as Q,
    body: z.undefined() as unknown as B,
    answer: z.undefined() as unknown as A,
    type: 'application/json',
    status: 200,
    ...draft,
  };
}

export const Paging = {
  limit: z.coerce.number().int().min(1).max(500).default(50),
  cursor: z.string().max(1000).optional(),
};
export const pageOf = <T extends z.ZodType>(item: T) =>
  z.object({ items: z.array(item), nextCursor: z.string().nullable(), total: z.int() });
export const Moment = z.coerce.number().pipe(Timestamp);
export const idParam = z.object({ id: Token });
