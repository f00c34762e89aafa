import { isIP } from 'node:net';
import { createTransport } from 'nodemailer';
import { addressOf } from '../address-guard.ts';
import { inTime, TIMEOUT_MS, type Answer, type CallOptions } from '../http-call.ts';
import { oneLine, plainText, textOf, type Notice } from '../notice.ts';

export interface EmailTarget {
  host: string;
  port: number;
  security: 'starttls' | 'tls' | 'none';
  user: string | null;
  password: string | null;
  from: string;
  to: string[];
  allowPrivate: boolean;
}

export interface MailOptions extends CallOptions {
  /** Certificates of authorities to trust, PEM; default: those that Node trusts. */
  ca?: string;
}

/** nodemailer's, of those recipients that the server did not take. */
interface Refusal {
  response?: string;
  responseCode?: number;
  recipient?: string;
}

const DOMAIN = 'deckwatch.invalid';
const MOST = 1000;

/**
 * Sends one mail to all recipients. It is taken when the server takes it for at least one of them and refuses none for
 * the moment only: those that it refuses for good would be refused again. Throws AddressRefused, or what went wrong.
 */
export async function sendEmail(target: EmailTarget, notice: Notice, options: MailOptions = {}): Promise<Answer> {
  const { timeoutMs = TIMEOUT_MS, resolve } = options;
  const signal = AbortSignal.timeout(timeoutMs);
  const { address } = await inTime(addressOf(target.host, target.allowPrivate, resolve), signal, timeoutMs);
  const transport = createTransport({ ...connectionOf(target, address, timeoutMs), ...trust(target, options.ca) });
  const late = new Promise<never>((_, fail) => {
    const tooLate = () => fail(new Error(`no answer within ${timeoutMs} ms`));
    signal.addEventListener('abort', tooLate, { once: true });
  });
  const sending = transport.sendMail(mailOf(target, notice));
  try {
    return answerOf(await Promise.race([sending, late]));
  } catch (error) {
    return refusedAnswer(error);
  } finally {
    sending.catch(() => undefined);
    transport.close();
  }
}

function connectionOf(target: EmailTarget, address: string, timeoutMs: number) {
  const { port, security, user, password } = target;
  return {
    // The address that was checked, and no other look-up.
    host: address,
    port,
    secure: security === 'tls',
    requireTLS: security === 'starttls',
    ignoreTLS: security === 'none',
    ...(user !== null && { auth: { user, pass: password ?? '' } }),
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}

function trust({ host }: EmailTarget, ca: string | undefined) {
  return { tls: { ...(isIP(host) === 0 && { servername: host }), ...(ca !== undefined && { ca }) } };
}

function mailOf({ from, to }: EmailTarget, notice: Notice) {
  const text = textOf(notice);
  const { id: alertId, severity } = notice.message;
  return {
    from: { name: 'Deckwatch', address: from },
    to,
    subject: oneLine(`[${severity}] ${text.title}`),
    text: plainText(text),
    // The same at every attempt: mail programs show it once.
    messageId: `<${notice.id}@${DOMAIN}>`,
    // All mails of one alert in one thread.
    references: [`<${alertId}@${DOMAIN}>`],
    headers: { 'Auto-Submitted': 'auto-generated', 'X-Deckwatch-Notice': notice.id },
  };
}

function answerOf(sent: { response: string; rejectedErrors?: Refusal[] }): Answer {
  const refused = sent.rejectedErrors ?? [];
  const later = refused.some(({ responseCode = 0 }) => responseCode < 500);
  const words = refused.map(({ recipient, response }) => `${recipient} not taken: ${response}`);
  const answer = oneLine([sent.response, ...words].join('; ')).slice(0, MOST);
  return { ok: !later, status: statusOf(sent.response), answer, retryAfterMs: null };
}

/** What the server said no with; anything else is thrown on. */
function refusedAnswer(error: unknown): Answer {
  const { response, responseCode } = error as Refusal;
  if (response === undefined || responseCode === undefined) throw error;
  return { ok: false, status: responseCode, answer: oneLine(response).slice(0, MOST), retryAfterMs: null };
}

function statusOf(response: string): number | null {
  const code = Number(/^\d{3}/.exec(response)?.[0]);
  return Number.isNaN(code) ? null : code;
}
