import { computed, DestroyRef, inject, Service, signal } from '@angular/core';
import type { SessionSource } from '@deckwatch/contracts';
import { catchError, EMPTY, of, switchMap, tap, type Observable } from 'rxjs';
import { autoRefresh } from '../auto-refresh.ts';
import { BROWSER } from '../browser.ts';
import { isRecord } from '../frames.ts';
import { Rest } from '../rest.ts';
import { lingering } from '../topics.ts';

const PACE = { firstMs: 0, everyMs: 10_000, mostMs: 30_000 };

/** Where sessions come from and how that stands, asked for every ten seconds while somebody looks. */
@Service()
export class SourceStore {
  private readonly list = signal<readonly SessionSource[]>([]);
  private readonly current = signal<'loading' | 'ready' | 'failed'>('loading');
  readonly sources = this.list.asReadonly();
  readonly state = this.current.asReadonly();
  readonly byApp = computed(() => Map.groupBy(this.list(), ({ app }) => app));
  private readonly running$ = autoRefresh(this.read(inject(Rest)), PACE, inject(BROWSER)).pipe(lingering());

  /**
   * Call in an injection context.
   * @param wanted$ whether it is wanted at the moment
   */
  watch(wanted$: Observable<boolean> = of(true)): void {
    const viewing = wanted$.pipe(switchMap((wanted) => (wanted ? this.running$ : EMPTY))).subscribe();
    inject(DestroyRef).onDestroy(() => viewing.unsubscribe());
  }

  private read(rest: Rest) {
    return rest.get('/sessions/sources').pipe(
      tap((answer) => {
        const items = isRecord(answer) && Array.isArray(answer['items']) ? (answer['items'] as unknown[]) : [];
        this.list.set(items.filter(isSource));
        this.current.set('ready');
      }),
      catchError((fault: unknown) => {
        this.current.set('failed');
        throw fault;
      }),
    );
  }
}

/** What is wrong with a source, in words; null: nothing, or it is only just starting. */
export function faultOf({ state, fault }: SessionSource): string | null {
  if (state === 'away') return fault ?? 'it does not answer';
  return state === 'waiting' ? 'nobody follows it' : fault;
}

function isSource(item: unknown): item is SessionSource {
  if (!isRecord(item) || !isRecord(item['mended']) || !isRecord(item['unreadable'])) return false;
  if (!Array.isArray(item['unreadable']['latest'])) return false;
  return [item['name'], item['app'], item['kind'], item['state']].every((field) => typeof field === 'string');
}
