import { once } from 'node:events';
import type { Response } from 'express';

export type Cell = string | number | boolean | null;

/** What a spreadsheet would take for a formula. */
const FORMULA = /^[=+\-@\t\r\n＝＋－＠]/;
/** The semicolon too: in many countries it is what a spreadsheet cuts at. */
const NEEDS_QUOTES = /[",;\t\r\n]/;

/**
 * One line of CSV as RFC 4180 has it. Text that a spreadsheet would run as a formula gets an apostrophe before it:
 * names and labels are whatever users put there. Numbers stay numbers.
 */
export function csvLine(cells: readonly Cell[]): string {
  return `${cells.map(csvCell).join(',')}\r\n`;
}

function csvCell(cell: Cell): string {
  if (cell === null) return '';
  if (typeof cell !== 'string') return String(cell);
  const safe = FORMULA.test(cell) ? `'${cell}` : cell;
  return NEEDS_QUOTES.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** A moment as CSV writes it. */
export function csvTime(t: number | null): string | null {
  return t === null ? null : new Date(t).toISOString();
}

/** How much is gathered before it is written, characters. */
const CHUNK = 32 * 1024;

/**
 * Writes lines to a client as fast as it reads; nothing more is asked for when it has gone. A fault after the first line
 * breaks the answer off, so that nobody takes a part for the whole.
 */
export async function sendCsv(
  response: Response,
  name: string,
  header: readonly string[],
  lines: AsyncIterable<readonly Cell[]>,
): Promise<void> {
  response.set({
    'content-type': 'text/csv; charset=utf-8; header=present',
    'content-disposition': `attachment; filename="${name}"`,
  });
  let chunk = csvLine(header);
  try {
    for await (const line of lines) {
      if (response.closed || response.destroyed) return;
      chunk += csvLine(line);
      if (chunk.length < CHUNK) continue;
      await write(response, chunk);
      chunk = '';
    }
    response.end(chunk);
  } catch (error) {
    if (!response.headersSent) throw error;
    response.destroy(error as Error);
  }
}

async function write(response: Response, text: string): Promise<void> {
  if (response.write(text) || response.closed || response.destroyed) return;
  const gone = new AbortController();
  const close = (): void => gone.abort();
  response.once('close', close);
  try {
    await once(response, 'drain', { signal: gone.signal });
  } catch {
    // the client has gone: the next look at the response says so
  } finally {
    response.off('close', close);
  }
}
