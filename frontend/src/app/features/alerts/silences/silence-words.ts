import { inject, type Signal } from '@angular/core';
import { toObservable, toSignal } from '@angular/core/rxjs-interop';
import { catchError, distinctUntilChanged, forkJoin, map, of, switchMap } from 'rxjs';
import { isRecord } from '../../../core/frames.ts';
import { Rest } from '../../../core/rest.ts';
import { dateTime, matcherWords } from './silence-terms.ts';

/** What these silences are for and how long they last; of one that can't be read its id. Empty until they are read. */
export function silenceWords(ids: Signal<readonly string[]>): Signal<readonly string[]> {
  const rest = inject(Rest);
  const wordsOf = (id: string) =>
    rest.get(`/silences/${encodeURIComponent(id)}`).pipe(
      map((silence) => wordsFor(silence) ?? id),
      catchError(() => of(id)),
    );
  return toSignal(
    toObservable(ids).pipe(
      distinctUntilChanged((one, other) => one.join() === other.join()),
      switchMap((all) => (all.length === 0 ? of([]) : forkJoin(all.map(wordsOf)))),
    ),
    { initialValue: [] },
  );
}

function wordsFor(silence: unknown): string | undefined {
  if (!isRecord(silence) || !isRecord(silence['matchers']) || typeof silence['endsAt'] !== 'number') return undefined;
  const { comment, matchers, endsAt } = silence;
  return `${typeof comment === 'string' && comment !== '' ? comment : matcherWords(matchers)}, until ${dateTime.format(endsAt)}`;
}
