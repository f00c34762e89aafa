import type { BrowserContext } from '@playwright/test';

/** Of the first admin in all browser tests. */
export const PASSWORD = 'a pass phrase for browsers';

/** Signs a browser in by its cookies, as it would be from an earlier visit; returns the token that writing needs. */
export async function signIn(context: BrowserContext, url: string): Promise<string> {
  const answer = await context.request.post(`${url}/api/v1/auth/login`, {
    data: { username: 'admin', password: PASSWORD },
  });
  if (!answer.ok()) throw new Error(`signing in was answered ${answer.status()}`);
  return ((await answer.json()) as { accessToken: string }).accessToken;
}
