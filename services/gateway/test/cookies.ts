import type { Reply } from './rest-client.ts';

/** The cookies that an answer sets, as a browser would send them back. */
export function cookiesOf({ headers }: Reply): string {
  return ([headers['set-cookie'] ?? []].flat() as string[]).map((line) => line.split(';', 1)[0]).join('; ');
}

export function refreshCookieOf(reply: Reply): string | undefined {
  return /dw_refresh=([^;]+)/.exec(cookiesOf(reply))?.[1];
}
