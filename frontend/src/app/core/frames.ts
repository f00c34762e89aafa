import type { ServerFrame } from '@deckwatch/contracts/wire';

/**
 * Reads what the gateway sent: one frame or a batch. Whatever is no frame is left out, so that one bad frame
 * costs itself alone; fields that are not known stay where they are.
 */
export function parseFrames(text: unknown): ServerFrame[] {
  if (typeof text !== 'string') return [];
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return [];
  }
  return (Array.isArray(parsed) ? parsed : [parsed]).filter(isFrame);
}

function isFrame(candidate: unknown): candidate is ServerFrame {
  if (!isRecord(candidate) || !isRecord(candidate['data'])) return false;
  const data = candidate['data'];
  switch (candidate['event']) {
    case 'welcome':
      return typeof data['t'] === 'number' && typeof data['connection'] === 'string';
    case 'subscribed':
      return Array.isArray(data['topics']);
    case 'unsubscribed':
      return Array.isArray(data['topics']);
    case 'snapshot':
    case 'update':
      return isPlaced(data);
    case 'event':
      return isPlaced(data) && typeof data['prev'] === 'number';
    case 'dropped':
      return typeof data['topic'] === 'string';
    case 'pong':
    case 'heartbeat':
    case 'error':
      return true;
    default:
      return false;
  }
}

function isPlaced(data: Record<string, unknown>): boolean {
  return typeof data['topic'] === 'string' && typeof data['seq'] === 'number' && isRecord(data['data']);
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
