import { inject, Service } from '@angular/core';
import { defer, EMPTY, expand, map, Observable, of, reduce, switchMap, throwError, timeout } from 'rxjs';
import { BROWSER } from './browser.ts';
import { isRecord } from './frames.ts';

const BASE = '/api/v1';
const TIMEOUT_MS = 4500;
const PAGE_SIZE = 500;
const MOST_PAGES = 20;

/** An answer other than 2xx, with what the problem details say. */
export class RestFault extends Error {
  constructor(
    readonly status: number,
    detail: string,
  ) {
    super(detail);
  }
}

/** The REST API as streams: unsubscribing aborts the request. */
@Service()
export class Rest {
  private readonly browser = inject(BROWSER);

  get(path: string): Observable<unknown> {
    return this.send('GET', path);
  }

  delete(path: string): Observable<unknown> {
    return this.send('DELETE', path);
  }

  /** All items of a paged list, up to 10,000. */
  list(path: string): Observable<unknown[]> {
    const page = (cursor: string | null) =>
      this.get(`${path}?limit=${PAGE_SIZE}${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`);
    return page(null).pipe(
      expand((answer, index) => {
        const next = isRecord(answer) ? answer['nextCursor'] : null;
        return typeof next === 'string' && index + 1 < MOST_PAGES ? page(next) : EMPTY;
      }),
      reduce((items, answer) => items.concat(itemsOf(answer)), [] as unknown[]),
    );
  }

  private send(method: string, path: string): Observable<unknown> {
    return defer(() => this.request(method, path)).pipe(
      timeout(TIMEOUT_MS),
      switchMap((response) => (response.ok ? bodyOf(response) : faultOf(response))),
    );
  }

  private request(method: string, path: string): Observable<Response> {
    return new Observable((observer) => {
      const abort = new AbortController();
      this.browser
        .fetch(BASE + path, { method, signal: abort.signal, credentials: 'same-origin' })
        .then((response) => {
          observer.next(response);
          observer.complete();
        })
        .catch((error: unknown) => observer.error(error));
      return () => abort.abort();
    });
  }
}

function itemsOf(answer: unknown): unknown[] {
  return isRecord(answer) && Array.isArray(answer['items']) ? answer['items'] : [];
}

function bodyOf(response: Response): Observable<unknown> {
  return response.status === 204 ? of(null) : defer(() => response.json() as Promise<unknown>);
}

function faultOf(response: Response): Observable<never> {
  return defer(() => response.json().catch(() => null) as Promise<unknown>).pipe(
    map((problem) => (isRecord(problem) && typeof problem['detail'] === 'string' ? problem['detail'] : '')),
    switchMap((detail) => throwError(() => new RestFault(response.status, detail || `HTTP ${response.status}`))),
  );
}
