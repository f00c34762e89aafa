import type { CookieOptions, Response } from 'express';
import { ACCESS_MS } from './logins/access-tokens.ts';

const ACCESS = 'dw_access';
const REFRESH = 'dw_refresh';
const AUTH_PATH = '/api/v1/auth';
const DAY_MS = 86_400_000;
const LOGIN_MS = 30 * DAY_MS;

/** What the console's cookies say. The names alone are looked for, so nothing else of a header gets anywhere. */
export function cookiesOf(header: string | undefined): { access: string | undefined; refresh: string | undefined } {
  const read = (name: string): string | undefined =>
    new RegExp(`(?:^|;\\s*)${name}=([\\w.-]{1,4096})(?:;|$)`).exec(header ?? '')?.[1];
  return { access: read(ACCESS), refresh: read(REFRESH) };
}

export function setCookies(response: Response, tokens: { access: string; refresh: string }, secure: boolean): void {
  response.cookie(ACCESS, tokens.access, { ...common(secure), path: '/', maxAge: ACCESS_MS });
  response.cookie(REFRESH, tokens.refresh, { ...common(secure), path: AUTH_PATH, maxAge: LOGIN_MS });
}

export function clearCookies(response: Response, secure: boolean): void {
  response.clearCookie(ACCESS, { ...common(secure), path: '/' });
  response.clearCookie(REFRESH, { ...common(secure), path: AUTH_PATH });
}

/** Out of reach of scripts, and never sent along with what another site asks for. */
function common(secure: boolean): CookieOptions {
  return { httpOnly: true, sameSite: 'strict', secure };
}
