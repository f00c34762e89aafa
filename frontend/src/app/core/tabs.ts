import { InjectionToken } from '@angular/core';
import { fromEvent, map, NEVER, type Observable } from 'rxjs';

/** What the tabs of one browser tell each other of the login that they share. */
export type TabMessage =
  /** A new access token, as the gateway answered with it. */
  { kind: 'renewed'; answer: unknown } | { kind: 'out' };

/** The other tabs of this browser that show the same console. Without any, or where none can be reached, all goes on. */
export interface Tabs {
  /** Does something while no other tab does it. */
  alone<T>(work: () => Promise<T>): Promise<T>;
  tell(message: TabMessage): void;
  /** What the others tell; whatever it is. */
  readonly messages$: Observable<unknown>;
}

const NAME = 'deckwatch.login';

/** Browsers know no locks on a page that came by plain http from another machine. */
async function alone<T>(work: () => Promise<T>): Promise<T> {
  const locks = (globalThis.navigator as { locks?: LockManager }).locks;
  if (!locks) return work();
  let begun = false;
  try {
    return (await locks.request(NAME, () => {
      begun = true;
      return work();
    })) as T;
  } catch (error) {
    if (begun) throw error;
    return work(); // this page may not lock anything
  }
}

function realTabs(): Tabs {
  const channel = 'BroadcastChannel' in globalThis ? new BroadcastChannel(NAME) : null;
  return {
    alone,
    tell: (message) => channel?.postMessage(message),
    messages$: channel ? fromEvent<MessageEvent>(channel, 'message').pipe(map(({ data }) => data as unknown)) : NEVER,
  };
}

export const TABS = new InjectionToken<Tabs>('the other tabs', { providedIn: 'root', factory: realTabs });
