import { inject, type Signal } from '@angular/core';
import { toSignal } from '@angular/core/rxjs-interop';
import type { Channel } from '@deckwatch/contracts';
import { catchError, map, of } from 'rxjs';
import { isRecord } from '../../../core/frames.ts';
import { Rest } from '../../../core/rest.ts';

/** The channels there are, read once; none until they are there, and none when they can't be read. */
export function knownChannels(): Signal<readonly Channel[]> {
  const channels$ = inject(Rest).list('/channels');
  return toSignal(
    channels$.pipe(
      map((items) => items.filter(isChannel)),
      catchError(() => of([])),
    ),
    { initialValue: [] },
  );
}

function isChannel(value: unknown): value is Channel {
  return isRecord(value) && typeof value['id'] === 'string' && typeof value['name'] === 'string';
}
