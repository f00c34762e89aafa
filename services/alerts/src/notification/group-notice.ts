import type { AlertMessage } from '@deckwatch/contracts';
import { listOf } from '../lifecycle/alert-text.ts';

/** A notice of several alerts: it reads as that of one, its sentence counts them, and `members` has them all. */
export type GroupMessage = AlertMessage & { members: AlertMessage[] };

/** One notice of the messages of a rule, in order; what is not over speaks for them. */
export function groupNotice(messages: readonly [AlertMessage, ...AlertMessage[]]): AlertMessage | GroupMessage {
  if (messages.length === 1) return messages[0];
  const speaker = messages.find(({ state }) => state !== 'resolved') ?? messages[0];
  return { ...speaker, message: `${speaker.rule.name}: ${countsOf(messages)}`, members: [...messages] };
}

function countsOf(messages: readonly AlertMessage[]): string {
  const byState = new Map<string, string[]>();
  for (const { state, target } of messages) byState.set(state, [...(byState.get(state) ?? []), target.name]);
  return [...byState].map(([state, names]) => `${names.length} ${WORDS[state] ?? state} (${listOf(names)})`).join(', ');
}

const WORDS: Record<string, string> = { nodata: 'without data' };
