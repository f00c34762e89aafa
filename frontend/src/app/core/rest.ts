import { inject, Service } from '@angular/core';
import { EMPTY, expand, Observable, reduce, timeout } from 'rxjs';
import { Auth } from './auth.ts';
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
    /** What is wrong with which field of what was sent, `body.password`. */
    readonly errors: readonly { path: string; message: string }[] = [],
  ) {
    super(detail);
  }
}

/** The REST API as streams: unsubscribing aborts the request. */
@Service()
export class Rest {
  private readonly browser = inject(BROWSER);
  private readonly auth = inject(Auth);

  get(path: string): Observable<unknown> {
    return this.send('GET', path);
  }

  delete(path: string): Observable<unknown> {
    return this.send('DELETE', path);
  }

  post(path: string, body: object): Observable<unknown> {
    return this.send('POST', path, body);
  }

  put(path: string, body: object): Observable<unknown> {
    return this.send('PUT', path, body);
  }

  patch(path: string, body: object): Observable<unknown> {
    return this.send('PATCH', path, body);
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
  private send(method: string, path: string, body?: object): Observable<unknown> {
    return new Observable<unknown>((observer) => {
      const abort = new AbortController();
      this.request(method, path, abort.signal, body).then(
        (answer) => {
          observer.next(answer);
          observer.complete();
        },
        (error: unknown) => observer.error(error),
      );
      return () => abort.abort();
    }).pipe(timeout(TIMEOUT_MS));
  }

  private async request(method: string, path: string, signal: AbortSignal, body?: object): Promise<unknown> {
    let response = await this.fetch(method, path, signal, body);
    // The cookie that reads may have ended: once it is asked for anew.
    if (response.status === 401 && (await this.auth.renew()) === 'renewed') {
      response = await this.fetch(method, path, signal, body);
    }
    if (!response.ok) throw await faultOf(response);
    return response.status === 204 ? null : ((await response.json()) as unknown);
  }

  /** Reading goes by the cookie; writing shows the token, which no other site's page has. */
  private async fetch(method: string, path: string, signal: AbortSignal, body?: object): Promise<Response> {
    const token = method === 'GET' ? null : await this.auth.accessToken();
    const headers = {
      ...(token !== null && { authorization: `Bearer ${token}` }),
      ...(body && { 'content-type': 'application/json' }),
    };
    const init = { method, signal, credentials: 'same-origin' as const, headers };
    return this.browser.fetch(BASE + path, body ? { ...init, body: JSON.stringify(body) } : init);
  }
}

function itemsOf(answer: unknown): unknown[] {
  return isRecord(answer) && Array.isArray(answer['items']) ? answer['items'] : [];
}

async function faultOf(response: Response): Promise<RestFault> {
  const problem: unknown = await response.json().catch(() => null);
  const detail = isRecord(problem) && typeof problem['detail'] === 'string' ? problem['detail'] : '';
  const errors = isRecord(problem) && Array.isArray(problem['errors']) ? problem['errors'] : [];
  return new RestFault(response.status, detail || `HTTP ${response.status}`, errors.filter(isFieldFault));
}

function isFieldFault(value: unknown): value is { path: string; message: string } {
  return isRecord(value) && typeof value['path'] === 'string' && typeof value['message'] === 'string';
}
