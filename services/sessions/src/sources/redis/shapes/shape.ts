/** What a key holds: its text, or its fields. */
export type RawValue = Buffer | ReadonlyMap<string, Buffer>;

/** How an application keeps its sessions in Redis. */
export interface SessionShape {
  /** What all its keys begin with, unless the settings say otherwise. */
  readonly prefix: string;
  /** A glob for the rest of the key. */
  readonly match: string;
  readonly type: 'string' | 'hash';
  /** Where the user stands in the document; several: the first that is there. */
  readonly user: readonly string[];
  /** The value as a document. Throws {@link Unreadable}. */
  read(value: RawValue): unknown;
  /** Whether a key of that rest is a session; others are never touched. Default: all are. */
  isSession?(rest: string): boolean;
  /** The session's id when the key of that rest only tells of its end: an expiry marker beside it. */
  markerOf?(rest: string): string | undefined;
  /** When it is over, Unix milliseconds, where the key itself lives longer; undefined: with its key. */
  expiresAt?(document: unknown): number | undefined;
}

/** A value is not what the shape says. The message tells what it is, and nothing of its content. */
export class Unreadable extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'Unreadable';
  }
}

export const MOST_BYTES = 1024 * 1024;

/** JSON, or Unreadable. */
export function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Unreadable('not JSON', { cause: error });
  }
}

export function textOf(value: RawValue): string {
  if (!Buffer.isBuffer(value)) throw new Unreadable('not a string');
  if (value.length > MOST_BYTES) throw new Unreadable(`longer than ${MOST_BYTES} bytes`);
  return value.toString();
}

export function fieldsOf(value: RawValue): ReadonlyMap<string, Buffer> {
  if (Buffer.isBuffer(value)) throw new Unreadable('not a hash');
  return value;
}
