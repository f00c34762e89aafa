import type { AlertMessage } from '@deckwatch/contracts';
import { dateTime } from '../../events/ago.ts';
import { STATE_WORDS } from '../alert-words.ts';

export interface Chapter {
  key: number;
  at: string;
  iso: string;
  words: string;
}

/** What became of an alert, the first first. @param messages of one alert, in any order */
export function storyOf(messages: readonly AlertMessage[]): Chapter[] {
  const inOrder = [...messages].sort((a, b) => a.seq - b.seq);
  return inOrder.map((message, index) => ({
    key: message.seq,
    at: dateTime.format(message.t),
    iso: new Date(message.t).toISOString(),
    words: wordsOf(message, inOrder[index - 1]),
  }));
}

function wordsOf(
  { change, state, ack, silencedBy, inhibitedBy, reason, message }: AlertMessage,
  before?: AlertMessage,
): string {
  switch (change) {
    case 'ack':
      if (!ack) return 'the acknowledgement was taken back';
      return `acknowledged by ${ack.by}${ack.note ? `: ${ack.note}` : ''}`;
    case 'silence':
      return silencedBy.length > 0 ? `silenced by ${silencedBy.join(', ')}` : 'no longer silenced';
    case 'inhibit':
      return inhibitedBy ? `held back by ${inhibitedBy}` : 'no longer held back';
    default: {
      const never = state === 'resolved' && before?.state === 'pending' ? ' before it fired' : '';
      return `${STATE_WORDS[state]}${never}: ${reason ?? message}`;
    }
  }
}
