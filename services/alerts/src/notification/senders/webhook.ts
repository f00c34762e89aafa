import { Webhook } from 'standardwebhooks';
import { callHttp, type Answer, type CallOptions } from '../http-call.ts';
import type { Notice } from '../notice.ts';

export interface WebhookTarget {
  url: string;
  /** null: not signed. */
  secret: string | null;
  allowPrivate: boolean;
}

const PREFIX = 'whsec_';
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
const LEAST_BYTES = 24;
const MOST_BYTES = 64;

/**
 * What is wrong with a secret; undefined: nothing. Standard Webhooks has secrets of 24 to 64 bytes in base64, with or
 * without the prefix: anything else receivers would read in different ways.
 */
export function secretFault(secret: string): string | undefined {
  const text = secret.startsWith(PREFIX) ? secret.slice(PREFIX.length) : secret;
  const bytes = BASE64.test(text) ? Buffer.from(text, 'base64').length : 0;
  if (bytes >= LEAST_BYTES && bytes <= MOST_BYTES) return undefined;
  return 'allowed: 24 to 64 bytes in base64, with or without whsec_ before it, such as `openssl rand -base64 32` prints';
}

/** Headers of Standard Webhooks; `id` is the same at every attempt, so that the receiver can tell repetitions. */
export function signedHeaders(id: string, body: string, secret: string | null, now: number): Record<string, string> {
  const at = new Date(now);
  // The signature joins id, time and body by dots, so the specification wants none in the id.
  const messageId = id.replaceAll('.', ':');
  const stamp = { 'webhook-id': messageId, 'webhook-timestamp': String(Math.floor(now / 1000)) };
  return secret === null ? stamp : { ...stamp, 'webhook-signature': new Webhook(secret).sign(messageId, at, body) };
}

/** Posts the alert's message as JSON, with the container's last words where there are any, signed as Standard Webhooks. Throws as callHttp does. */
export function sendWebhook(target: WebhookTarget, notice: Notice, options: CallOptions = {}): Promise<Answer> {
  const { url, secret, allowPrivate } = target;
  const { message, lastWords } = notice;
  const body = JSON.stringify({ ...message, ...(lastWords && { lastWords }) });
  const now = (options.now ?? Date.now)();
  const headers = { ...signedHeaders(notice.id, body, secret, now), 'content-type': 'application/json' };
  return callHttp({ url, method: 'POST', headers, body, allowPrivate }, options);
}
