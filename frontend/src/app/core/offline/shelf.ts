import { InjectionToken } from '@angular/core';

/** A place in this browser for one value. Nothing fails: what can't be kept is not kept. */
export interface Shelf {
  put(value: unknown): Promise<void>;
  take(): Promise<unknown>;
  clear(): Promise<void>;
}

const NAME = 'deckwatch';
const STORE = 'last';
const KEY = 'state';

function opened(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error('no storage'));
    request.onblocked = () => reject(new Error('storage is blocked'));
  });
}

async function within<T>(
  mode: IDBTransactionMode,
  work: (store: IDBObjectStore) => IDBRequest<T>,
): Promise<T | undefined> {
  try {
    const database = await opened();
    try {
      const request = work(database.transaction(STORE, mode).objectStore(STORE));
      return await new Promise<T>((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error ?? new Error('not stored'));
      });
    } finally {
      database.close();
    }
  } catch {
    return undefined; // closed to us, or full
  }
}

function browserShelf(): Shelf {
  return {
    put: async (value) => void (await within('readwrite', (store) => store.put(value, KEY))),
    take: () => within('readonly', (store) => store.get(KEY)),
    clear: async () => void (await within('readwrite', (store) => store.delete(KEY))),
  };
}

export const SHELF = new InjectionToken<Shelf>('where the last state is kept', {
  providedIn: 'root',
  factory: browserShelf,
});
