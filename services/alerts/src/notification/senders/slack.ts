import { callHttp, type Answer, type CallOptions } from '../http-call.ts';
import { moodOf, textOf, type Notice } from '../notice.ts';

export interface SlackTarget {
  url: string;
  allowPrivate: boolean;
}

const MOST_LINES = 10;
const COLORS = { info: '#3b82f6', warning: '#d97706', critical: '#dc2626', over: '#16a34a' };

/** Slack's three control characters, so that a container's name can't call the whole channel. */
export function escaped(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
}

/** Posts to an incoming webhook of Slack, or of what understands the same. Throws as callHttp does. */
export function sendSlack({ url, allowPrivate }: SlackTarget, notice: Notice, options?: CallOptions): Promise<Answer> {
  const { title, text, facts, log } = textOf(notice);
  const lines = log.slice(-MOST_LINES).map((line) => line.replaceAll('`', "'"));
  const tail = lines.length > 0 ? `\n\`\`\`${escaped(lines.join('\n'))}\`\`\`` : '';
  const body = JSON.stringify({
    text: escaped(title),
    attachments: [
      {
        color: COLORS[moodOf(notice.message)],
        fallback: escaped(`${title}: ${text}`),
        text: escaped(text) + tail,
        mrkdwn_in: ['text'],
        fields: facts.map(([name, value]) => ({ title: name, value: escaped(value), short: true })),
      },
    ],
  });
  const headers = { 'content-type': 'application/json', 'idempotency-key': notice.id };
  return callHttp({ url, method: 'POST', headers, body, allowPrivate }, options);
}
