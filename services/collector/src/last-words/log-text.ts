import { masked } from '../engine/container-details.ts';

export const MOST_LINES = 40;
const LINE_LENGTH = 500;
const HEADER_BYTES = 8;
const MOST_STREAM = 2;
// eslint-disable-next-line no-control-regex
const CONTROL = /\u001b\[[0-9;?]*[ -/]*[@-~]|[\u0000-\u0008\u000b-\u001f\u007f]/g;

/**
 * The last lines of an engine's answer, at most `lines`: without colours, cut where they are long, and with what looks
 * like a secret masked. Without a terminal the engine sends frames: stream, three zeros, length (big endian), content.
 * Source: Docker Engine API, "ContainerAttach", stream format.
 */
export function linesOf(answer: Buffer, lines: number): string[] {
  const text = (isFramed(answer) ? contentOf(answer) : answer).toString('utf8');
  const found = text.split('\n').map((line) => line.replace(CONTROL, '').trimEnd());
  if (found.at(-1) === '') found.pop();
  return found
    .slice(-Math.min(lines, MOST_LINES))
    .map((line) => masked(line.slice(0, LINE_LENGTH * 2)).slice(0, LINE_LENGTH));
}

function isFramed(answer: Buffer): boolean {
  return answer.length >= HEADER_BYTES && answer[0]! <= MOST_STREAM && answer.readUIntBE(1, 3) === 0;
}

function contentOf(answer: Buffer): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; at + HEADER_BYTES <= answer.length;) {
    const end = at + HEADER_BYTES + answer.readUInt32BE(at + 4);
    parts.push(answer.subarray(at + HEADER_BYTES, end));
    at = end;
  }
  return Buffer.concat(parts);
}
