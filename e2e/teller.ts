import { expect, type BrowserContext } from '@playwright/test';
import { signIn } from './sign-in.ts';

type Op = 'start' | 'touch' | 'end';
/** What an application would tell of its sessions. */
export type Tell = (app: string, op: Op, ids: readonly string[]) => Promise<void>;

/** An application that tells the Deckwatch at this address, as its admin. */
export async function teller(context: BrowserContext, url: string): Promise<Tell> {
  const headers = { authorization: `Bearer ${await signIn(context, url)}` };
  return async (app, op, ids) => {
    const data = ids.map((id) => ({ app, id, user: `user ${id}`, op, ttlMs: 60_000 }));
    const answer = await context.request.post(`${url}/api/v1/ingest/sessions`, { data, headers });
    expect(await answer.json()).toEqual({ accepted: ids.length, rejected: [] });
  };
}
