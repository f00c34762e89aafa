import type { IncomingMessage } from 'node:http';
import { Agent, request } from 'node:https';

/** What a server answered instead of what was asked for. */
export class KubeFault extends Error {
  constructor(
    message: string,
    /** The HTTP status; undefined: the answer itself is faulty. */
    readonly status?: number,
  ) {
    super(message);
  }
}

export interface KubeHttpOptions {
  /** `https://host:port` */
  base: string;
  /** Shown to the server. */
  account: { readonly token: string; renew(): boolean };
  /** Whom to trust, in PEM, as it stands now; empty: the authorities that Node knows. */
  ca(): string;
  /** The server's certificate is not looked at. */
  insecure?: boolean;
}

const MOST_BYTES = 32 * 1024 * 1024;
const MOST_OF_A_FAULT = 16 * 1024;
const TIMEOUT_MS = 10_000;
const UNAUTHORIZED = 401;

/** Asks the API server or the kubelet. Reads only; shows the token as it stands, and once more where it was renewed. */
export class KubeHttp {
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 4, maxFreeSockets: 1, timeout: 60_000 });

  constructor(private readonly options: KubeHttpOptions) {}

  get base(): string {
    return this.options.base;
  }

  /** A JSON answer. Throws KubeFault, or what the connection says: ECONNREFUSED, ETIMEDOUT, TimeoutError and so on. */
  async json(path: string, timeoutMs = TIMEOUT_MS, mostBytes = MOST_BYTES): Promise<unknown> {
    const text = await this.text(path, timeoutMs, mostBytes);
    try {
      return JSON.parse(text.toString('utf8'));
    } catch {
      throw new KubeFault(`the answer to ${plain(path)} is no JSON`);
    }
  }

  async text(path: string, timeoutMs = TIMEOUT_MS, mostBytes = MOST_BYTES): Promise<Buffer> {
    const signal = AbortSignal.timeout(timeoutMs);
    const answer = await this.stream(path, signal);
    const body = await read(answer, mostBytes).catch((error: unknown) => {
      throw signal.aborted ? signal.reason : error;
    });
    if (body === undefined) throw new KubeFault(`the answer to ${plain(path)} is larger than ${mostBytes} bytes`);
    return body;
  }

  /** The answer's body as it comes, once its status is known to be 200. The signal ends it. */
  async stream(path: string, signal: AbortSignal): Promise<IncomingMessage> {
    const answer = await this.ask(path, signal);
    if (answer.statusCode !== UNAUTHORIZED || !this.options.account.renew()) return accepted(answer, path);
    answer.destroy();
    return accepted(await this.ask(path, signal), path);
  }

  close(): void {
    this.agent.destroy();
  }

  private ask(path: string, signal: AbortSignal): Promise<IncomingMessage> {
    const { base, account, ca, insecure } = this.options;
    return new Promise((resolve, reject) => {
      const headers = { authorization: `Bearer ${account.token}`, accept: 'application/json' };
      const trusted = ca();
      const options = {
        agent: this.agent,
        headers,
        signal,
        rejectUnauthorized: insecure !== true,
        ...(trusted && { ca: trusted }),
      };
      const asked = request(new URL(path, base), options, resolve);
      asked.on('error', (error) => reject(signal.aborted ? (signal.reason as Error) : error));
      asked.end();
    });
  }
}

async function accepted(answer: IncomingMessage, path: string): Promise<IncomingMessage> {
  const { statusCode = 0 } = answer;
  if (statusCode === 200) return answer;
  const body = await read(answer, MOST_OF_A_FAULT).catch(() => undefined);
  throw new KubeFault(`${statusCode} for ${plain(path)}${saying(body)}`, statusCode);
}

/** What the server says of a fault: a Status object, or plain text. */
function saying(body: Buffer | undefined): string {
  const text = body?.toString('utf8').trim() ?? '';
  let message = text;
  try {
    message = String((JSON.parse(text) as { message?: unknown }).message ?? '');
  } catch {
    // plain text
  }
  return message ? `: ${message.slice(0, 300)}` : '';
}

/** Undefined: larger than allowed. Rejects where the connection breaks before the end. */
async function read(answer: IncomingMessage, mostBytes: number): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of answer) {
    chunks.push(chunk as Buffer);
    length += (chunk as Buffer).length;
    if (length <= mostBytes) continue;
    answer.destroy();
    return undefined;
  }
  return Buffer.concat(chunks);
}

/** Without what was asked in particular. */
function plain(path: string): string {
  return path.split('?', 1)[0]!;
}
