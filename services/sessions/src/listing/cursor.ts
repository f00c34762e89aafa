import { z } from 'zod';

/** The place after which a page begins: the last item of the page before it. */
export const Cursor = z.object({
  sort: z.enum(['lastSeenAt', 'createdAt', 'user']),
  order: z.enum(['asc', 'desc']),
  /** What the list is sorted by: a time, or a user as it stands in the registry. */
  value: z.union([z.number(), z.string()]),
  app: z.string(),
  id: z.string(),
});
export type Cursor = z.infer<typeof Cursor>;

export function writeCursor(cursor: Cursor): string {
  return Buffer.from(JSON.stringify(cursor)).toString('base64url');
}

/** undefined: it is none of ours, or belongs to another sorting. */
export function readCursor(text: string, sort: Cursor['sort'], order: Cursor['order']): Cursor | undefined {
  try {
    const cursor = Cursor.parse(JSON.parse(Buffer.from(text, 'base64url').toString()));
    const fits = typeof cursor.value === (sort === 'user' ? 'string' : 'number');
    return fits && cursor.sort === sort && cursor.order === order ? cursor : undefined;
  } catch {
    return undefined; // not JSON, or of another shape
  }
}
