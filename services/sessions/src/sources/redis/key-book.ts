import type { SessionShape } from './shapes/shape.ts';

export interface KeyPlaces {
  prefix: string;
  match: string;
}

/** What a key says: which session, and whether it is the session itself or only tells of its end. */
export interface KeyMeaning {
  rest: string;
  marker: boolean;
}

/** Which keys are sessions of a source. */
export class KeyBook {
  readonly prefix: string;
  /** The glob for SCAN and for notifications. */
  readonly pattern: string;

  constructor(
    private readonly shape: SessionShape,
    { prefix, match }: Partial<KeyPlaces>,
  ) {
    this.prefix = prefix ?? shape.prefix;
    this.pattern = escaped(this.prefix) + (match ?? shape.match);
  }

  /** undefined: no session's. */
  meaning(key: string): KeyMeaning | undefined {
    if (!key.startsWith(this.prefix)) return undefined;
    const rest = key.slice(this.prefix.length);
    const marked = this.shape.markerOf?.(rest);
    if (marked !== undefined) return { rest: marked, marker: true };
    if (this.shape.isSession && !this.shape.isSession(rest)) return undefined;
    return { rest, marker: false };
  }

  keyOf(rest: string): string {
    return this.prefix + rest;
  }
}

/** As a glob that matches just this text. */
function escaped(text: string): string {
  return text.replace(/[*?[\]\\]/g, '\\$&');
}
