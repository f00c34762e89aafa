import { ClientFrame } from '@deckwatch/contracts';
import { z } from 'zod';

export type ParsedFrame = { frame: ClientFrame } | { fault: string; id?: string | number };

/** Reads one frame from a client. Never throws, whatever it is. */
export function parseClientFrame(text: string): ParsedFrame {
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch {
    return { fault: 'not JSON' };
  }
  try {
    const parsed = ClientFrame.safeParse(raw);
    if (parsed.success) return { frame: parsed.data };
    return { fault: z.prettifyError(parsed.error).slice(0, 500), id: idOf(raw) };
  } catch {
    return { fault: 'not a frame of this protocol' };
  }
}

/** The id that the answer should carry, where one can be seen. */
function idOf(raw: unknown): string | number | undefined {
  const id = (raw as { data?: { id?: unknown } } | null)?.data?.id;
  return typeof id === 'number' || (typeof id === 'string' && id.length <= 100) ? id : undefined;
}
