import type { IncomingMessage, ServerResponse } from 'node:http';
import { ProblemError } from '../rest/problem.ts';

/** No request of the API is nested deeper than some six levels. */
const DEEPEST = 32;
const [QUOTE, BACKSLASH] = [0x22, 0x5c];
const OPENING = new Set([0x5b, 0x7b]);
const CLOSING = new Set([0x5d, 0x7d]);

/** Whether JSON is nested deeper than `most`, told without parsing it: one look at each byte, no recursion. */
export function isNestedDeeper(json: Buffer, most: number): boolean {
  let depth = 0;
  let inText = false;
  for (let at = 0; at < json.length; at += 1) {
    const byte = json[at]!;
    if (inText && byte === BACKSLASH) at += 1;
    else if (byte === QUOTE) inText = !inText;
    else if (inText) continue;
    else if (OPENING.has(byte)) {
      depth += 1;
      if (depth > most) return true;
    } else if (CLOSING.has(byte)) depth -= 1;
  }
  return false;
}

/** Looks at a body before it is parsed. Throws 415 for text that is not UTF-8, 400 for what is nested too deep. */
export function checkJsonBody(_: IncomingMessage, __: ServerResponse, body: Buffer, encoding: string): void {
  if (!/^utf-?8$/i.test(encoding)) throw new ProblemError(415, 'JSON is taken in UTF-8 only');
  if (isNestedDeeper(body, DEEPEST)) throw new ProblemError(400, `nested too deep: at most ${DEEPEST} levels`);
}
