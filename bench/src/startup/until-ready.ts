import { setTimeout as sleep } from 'node:timers/promises';

const LIMIT_MS = 60_000;
const EVERY_MS = 10;

/** Asks `/health/ready` until it says yes. Rejects when `lives` says no, and after a minute. */
export async function untilReady(url: string, lives: () => boolean): Promise<void> {
  const deadline = performance.now() + LIMIT_MS;
  while (!(await isReady(url))) {
    if (!lives()) throw new Error(`what should be ready at ${url} has ended`);
    if (performance.now() > deadline) throw new Error(`${url} was not ready within ${LIMIT_MS} ms`);
    await sleep(EVERY_MS);
  }
}

async function isReady(url: string): Promise<boolean> {
  try {
    const answer = await fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(2000) });
    await answer.body?.cancel();
    return answer.ok;
  } catch {
    return false; // nobody listens there yet
  }
}
