import type { Browser } from './browser.ts';

const REST_MS = 10_000;
/** An answer that comes later finds somebody who has gone elsewhere. */
const PATIENCE_MS = 3000;
const KEY = 'deckwatch.lost';

export interface LostPage {
  /** The address within the console. */
  url: string;
  browser: Pick<Browser, 'fetch'>;
  /** Remembers over the loading when it was tried last, in Unix milliseconds. */
  storage: Pick<Storage, 'getItem' | 'setItem'>;
  load(url: string): void;
}

/**
 * A page whose script did not come, because the network changed under it, is loaded anew from its address: a browser may
 * remember that the script failed. Only where the gateway answers, for else what is still on screen would be lost too, and
 * not again within 10 s. Says whether it was.
 */
export async function loadAgain({ url, browser, storage, load }: LostPage): Promise<boolean> {
  if (Date.now() - Number(storage.getItem(KEY) ?? 0) < REST_MS) return false;
  const answers = await browser.fetch('/health/live', { signal: AbortSignal.timeout(PATIENCE_MS) }).then(
    ({ ok }) => ok,
    () => false,
  );
  if (!answers) return false;
  storage.setItem(KEY, String(Date.now()));
  load(url);
  return true;
}
