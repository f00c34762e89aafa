import http from 'node:http';
import https from 'node:https';
import { addressOf, type Resolve } from './address-guard.ts';

/** What came of sending: any answer is one, whether it was what one hopes for or not. */
export interface Answer {
  ok: boolean;
  /** Of HTTP or SMTP; null: it has none. */
  status: number | null;
  /** The beginning of what was answered. */
  answer: string;
  /** What was asked to wait, milliseconds. */
  retryAfterMs: number | null;
}

export interface HttpCall {
  url: string;
  method: 'GET' | 'POST';
  headers?: Record<string, string>;
  body?: string;
  allowPrivate: boolean;
}

export interface CallOptions {
  /** From the first look-up to the last byte; default 10 s. */
  timeoutMs?: number;
  resolve?: Resolve;
  now?: () => number;
}

export const TIMEOUT_MS = 10_000;
const MAX_ANSWER_BYTES = 4096;
const MAX_RETRY_AFTER_MS = 3_600_000;

/**
 * Calls a URL that a user gave. Only the address that was checked is connected to, redirects are not followed, and no
 * more of the answer is read than is shown. Throws AddressRefused, or what went wrong before there was a status: with
 * one the receiver has decided, even if the rest of its answer does not come.
 */
export async function callHttp(call: HttpCall, options: CallOptions = {}): Promise<Answer> {
  const { timeoutMs = TIMEOUT_MS, resolve, now = Date.now } = options;
  const url = new URL(call.url);
  const signal = AbortSignal.timeout(timeoutMs);
  const address = await inTime(addressOf(url.hostname, call.allowPrivate, resolve), signal, timeoutMs);
  const { method, body, headers } = call;
  return new Promise((settle, fail) => {
    const module = url.protocol === 'https:' ? https : http;
    const request = module.request(url, {
      method,
      headers: {
        'user-agent': 'deckwatch',
        ...headers,
        ...(body !== undefined && { 'content-length': String(Buffer.byteLength(body)) }),
      },
      signal,
      agent: false,
      // The address that was checked, and no other look-up.
      lookup: (_host, { all }, found) => (all ? found(null, [address]) : found(null, address.address, address.family)),
    });
    let answered = false;
    request.on('error', (error) => {
      if (!answered) fail(signal.aborted ? new Error(`no answer within ${timeoutMs} ms`) : error);
    });
    request.on('response', (response) => {
      answered = true;
      void readBeginning(response).then((text) => settle(answerOf(response, text, now())));
    });
    request.end(body);
  });
}

/** The work's result, or an error once the time is over. */
export async function inTime<T>(work: Promise<T>, signal: AbortSignal, timeoutMs: number): Promise<T> {
  const late = new Promise<never>((_, fail) => {
    const tooLate = () => fail(new Error(`the name was not resolved within ${timeoutMs} ms`));
    signal.addEventListener('abort', tooLate, { once: true });
  });
  return Promise.race([work, late]);
}

function answerOf(response: http.IncomingMessage, text: string, now: number): Answer {
  const status = response.statusCode ?? 0;
  const { location } = response.headers;
  const redirected = status >= 300 && status < 400 && location !== undefined;
  return {
    ok: status >= 200 && status < 300,
    status,
    answer: redirected ? `redirects to ${location.slice(0, 200)}, which is not followed` : text,
    retryAfterMs: retryAfterOf(response, now),
  };
}

async function readBeginning(response: http.IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of response) {
      chunks.push(chunk as Buffer);
      length += (chunk as Buffer).length;
      if (length >= MAX_ANSWER_BYTES) break;
    }
  } catch {
    // It ended too early or took too long: what came of it is shown.
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
