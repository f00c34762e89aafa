import http from 'node:http';
import https from 'node:https';
import { Webhook } from 'standardwebhooks';
import { addressOf, type Resolve } from './address-guard.ts';

export interface WebhookTarget {
  url: string;
  /** `whsec_…` is base64, anything else is taken as it is; null: not signed. */
  secret: string | null;
  allowPrivate: boolean;
}

export interface WebhookAnswer {
  status: number;
  /** The beginning of the answer's body. */
  answer: string;
  /** What Retry-After asks for, milliseconds. */
  retryAfterMs: number | null;
}

export interface WebhookOptions {
  /** From the first look-up to the last byte; default 10 s. */
  timeoutMs?: number;
  resolve?: Resolve;
  now?: () => number;
}

const TIMEOUT_MS = 10_000;
const MAX_ANSWER_BYTES = 4096;
const MAX_RETRY_AFTER_MS = 3_600_000;

/** Headers of Standard Webhooks; `id` is the same at every attempt, so that the receiver can tell repetitions. */
export function signedHeaders(id: string, body: string, secret: string | null, now: number): Record<string, string> {
  const at = new Date(now);
  // The signature joins id, time and body by dots, so the specification wants none in the id.
  const messageId = id.replaceAll('.', ':');
  const stamp = { 'webhook-id': messageId, 'webhook-timestamp': String(Math.floor(now / 1000)) };
  return secret === null ? stamp : { ...stamp, 'webhook-signature': signerOf(secret).sign(messageId, at, body) };
}

/** Throws for a `whsec_` secret that is not base64. */
export function signerOf(secret: string): Webhook {
  return secret.startsWith('whsec_')
    ? new Webhook(secret)
    : new Webhook(Buffer.from(secret, 'utf8'), { format: 'raw' });
}

/**
 * Posts a notice. Any answer is an answer, redirects are not followed, and no more of the body is read than is shown.
 * Throws AddressRefused, or what went wrong on the way.
 */
export async function postWebhook(
  target: WebhookTarget,
  id: string,
  body: string,
  options: WebhookOptions = {},
): Promise<WebhookAnswer> {
  const { timeoutMs = TIMEOUT_MS, resolve, now = Date.now } = options;
  const url = new URL(target.url);
  const signal = AbortSignal.timeout(timeoutMs);
  const address = await inTime(addressOf(url, target.allowPrivate, resolve), signal, timeoutMs);
  const headers = {
    ...signedHeaders(id, body, target.secret, now()),
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(body)),
    'user-agent': 'deckwatch',
  };
  return new Promise((settle, fail) => {
    const module = url.protocol === 'https:' ? https : http;
    const request = module.request(url, {
      method: 'POST',
      headers,
      signal,
      agent: false,
      // The address that was checked, and no other look-up.
      lookup: (_host, { all }, found) => (all ? found(null, [address]) : found(null, address.address, address.family)),
    });
    request.on('error', (error) => fail(signal.aborted ? new Error(`no answer within ${timeoutMs} ms`) : error));
    request.on('response', (response) => {
      readBeginning(response)
        .then((answer) =>
          settle({ status: response.statusCode ?? 0, answer, retryAfterMs: retryAfterOf(response, now()) }),
        )
        .catch((error: unknown) => fail(signal.aborted ? new Error(`no answer within ${timeoutMs} ms`) : error));
    });
    request.end(body);
  });
}

async function inTime<T>(work: Promise<T>, signal: AbortSignal, timeoutMs: number): Promise<T> {
  const late = new Promise<never>((_, fail) => {
    signal.addEventListener('abort', () => fail(new Error(`the name was not resolved within ${timeoutMs} ms`)), {
      once: true,
    });
  });
  return Promise.race([work, late]);
}

async function readBeginning(response: http.IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response) {
    chunks.push(chunk as Buffer);
    length += (chunk as Buffer).length;
    if (length >= MAX_ANSWER_BYTES) break;
  }
  response.destroy();
  return Buffer.concat(chunks).subarray(0, MAX_ANSWER_BYTES).toString('utf8');
}

/** Retry-After is a number of seconds or a date (RFC 9110, 10.2.3). */
function retryAfterOf(response: http.IncomingMessage, now: number): number | null {
  const text = response.headers['retry-after'];
  if (text === undefined) return null;
  const ms = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - now;
  return Number.isFinite(ms) && ms > 0 ? Math.min(ms, MAX_RETRY_AFTER_MS) : null;
}
