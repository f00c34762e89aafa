import { inject, Service } from '@angular/core';
import { EMPTY, expand, Observable, reduce, timeout } from 'rxjs';
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

  /** The body is read before the stream ends, since the end of the stream aborts what is still under way. */
  private send(method: string, path: string): Observable<unknown> {
    return new Observable<unknown>((observer) => {
      const abort = new AbortController();
      this.request(method, path, abort.signal).then(
        (body) => {
          observer.next(body);
          observer.complete();
        },
        (error: unknown) => observer.error(error),
      );
      return () => abort.abort();
    }).pipe(timeout(TIMEOUT_MS));
  }

  private async request(method: string, path: string, signal: AbortSignal): Promise<unknown> {
    const response = await this.browser.fetch(BASE + path, { method, signal, credentials: 'same-origin' });
    if (!response.ok) throw await faultOf(response);
    return response.status === 204 ? null : ((await response.json()) as unknown);
  }
}

function itemsOf(answer: unknown): unknown[] {
  return isRecord(answer) && Array.isArray(answer['items']) ? answer['items'] : [];
}

async function faultOf(response: Response): Promise<RestFault> {
  const problem: unknown = await response.json().catch(() => null);
  const detail = isRecord(problem) && typeof problem['detail'] === 'string' ? problem['detail'] : '';
  return new RestFault(response.status, detail || `HTTP ${response.status}`);
}
