import { callHttp, type Answer, type CallOptions } from '../http-call.ts';
import { moodOf, plainText, textOf, type Notice } from '../notice.ts';

export interface NtfyTarget {
  /** Of the topic. */
  url: string;
  token: string | null;
  allowPrivate: boolean;
}

/** ntfy's priorities, 1 to 5, and its names of pictures. Source: docs.ntfy.sh/publish. */
const LOOKS = {
  info: { priority: 3, tags: ['information_source'] },
  warning: { priority: 4, tags: ['warning'] },
  critical: { priority: 5, tags: ['rotating_light'] },
  over: { priority: 3, tags: ['white_check_mark'] },
};
/** ntfy makes a file of what is longer. */
const MOST = 3500;
const MOST_LINES = 5;

/** The server and the topic in a topic's URL; undefined: it names none. */
export function topicOf(url: string): { server: string; topic: string } | undefined {
  const { origin, pathname, search } = new URL(url);
  const topic = /^\/([A-Za-z0-9_-]{1,64})\/?$/.exec(pathname)?.[1];
  return topic === undefined || search !== '' ? undefined : { server: `${origin}/`, topic };
}

/** Publishes to a topic as JSON, which carries any text. Throws as callHttp does. */
export function sendNtfy(target: NtfyTarget, notice: Notice, options?: CallOptions): Promise<Answer> {
  const { url, token, allowPrivate } = target;
  const { server, topic } = topicOf(url) ?? { server: url, topic: '' };
  const text = textOf(notice);
  const message = Buffer.from(plainText(text, MOST_LINES)).subarray(0, MOST).toString('utf8');
  const body = JSON.stringify({ topic, title: text.title, message, ...LOOKS[moodOf(notice.message)] });
  const headers = {
    'content-type': 'application/json',
    'idempotency-key': notice.id,
    ...(token !== null && { authorization: `Bearer ${token}` }),
  };
  return callHttp({ url: server, method: 'POST', headers, body, allowPrivate }, options);
}
