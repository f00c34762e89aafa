import { request } from 'node:http';
import { tokens } from './tokens.ts';

export interface Reply {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: any; // eslint-disable-line @typescript-eslint/no-explicit-any -- whatever was answered
}

export interface CallOptions {
  /** Sent as JSON; a string or bytes as they are. */
  body?: unknown;
  headers?: Record<string, string | undefined>;
  /** The address that it comes from; any of 127.0.0.0/8. */
  from?: string;
}

/** A request with any header, `Host` too, which fetch would not let one set. */
export function callApi(
  port: number,
  method: string,
  path: string,
  { body, headers, from }: CallOptions = {},
): Promise<Reply> {
  const shown = tokens.get(port);
  const authorization = shown === undefined ? {} : { authorization: `Bearer ${shown}` };
  const type = body === undefined ? {} : { 'content-type': 'application/json' };
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        port,
        host: '127.0.0.1',
        localAddress: from,
        method,
        path,
        headers: without({ ...type, ...authorization, ...headers }),
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString();
          const isJson = /json/.test(response.headers['content-type'] ?? '');
          resolve({
            status: response.statusCode!,
            headers: response.headers,
            body: isJson && text !== '' ? JSON.parse(text) : text,
          });
        });
      },
    );
    sent.on('error', reject);
    sent.end(typeof body === 'string' || body instanceof Buffer ? body : JSON.stringify(body));
  });
}

/** A header given as undefined is left out. */
function without(headers: Record<string, string | undefined>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
