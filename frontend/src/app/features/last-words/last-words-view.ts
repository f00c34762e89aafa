import { Component, computed, inject, input } from '@angular/core';
import { toObservable, toSignal } from '@angular/core/rxjs-interop';
import { formatBytes, formatPercent } from '@deckwatch/contracts/wire';
import { catchError, map, of, switchMap, take, timer } from 'rxjs';
import { Rest } from '../../core/rest.ts';
import { Meter } from '../../ui/meter.ts';
import { Sparkline } from '../../ui/sparkline.ts';
import { dateTime } from '../events/ago.ts';
import { columnOf, exitWords, readLastWords, WHAT_HAPPENED } from './last-words.ts';

/** Collectors read logs for so long. */
const AGAIN_MS = 3000;

/** How a container stood the last time that it died, ran out of memory or became unhealthy; nothing where none is kept. */
@Component({
  selector: 'app-last-words',
  imports: [Meter, Sparkline],
  templateUrl: './last-words-view.html',
  styleUrl: './last-words-view.css',
})
export class LastWordsView {
  private readonly rest = inject(Rest);
  readonly host = input.required<string>();
  readonly id = input.required<string>();
  /** Only those of this time, Unix ms. */
  readonly from = input(0);
  readonly to = input(Infinity);
  /** Read again when this changes, and once more when the log that it is about will have been read. */
  readonly after = input<string | number | null>(null);

  private readonly asked = computed(() => ({ host: this.host(), id: this.id(), after: this.after() }));
  private readonly kept = toSignal(
    toObservable(this.asked).pipe(
      switchMap(({ after, ...container }) =>
        (after === null ? of(0) : timer(0, AGAIN_MS).pipe(take(2))).pipe(switchMap(() => this.read(container))),
      ),
    ),
    { initialValue: [] },
  );

  protected readonly words = computed(() => {
    const last = this.kept().find(({ t, id }) => id === this.id() && t >= this.from() && t <= this.to());
    if (!last) return null;
    const { event, t, exitCode, oomKilled, memLimit, memPeak, lines, linesReason } = last;
    const [cpu, mem] = [columnOf(last, 'cpu'), columnOf(last, 'mem')];
    return {
      title: WHAT_HAPPENED[event],
      at: dateTime.format(t),
      exit: exitWords(exitCode, oomKilled),
      memory: memPeak === null ? null : formatBytes(memPeak),
      limit: memLimit === null ? 'no limit' : formatBytes(memLimit),
      share: memPeak === null || memLimit === null ? null : memPeak / memLimit,
      count: last.samples.length,
      lines: [
        { name: 'CPU', values: cpu, level: null, last: formatPercent(lastOf(cpu)) },
        { name: 'Memory', values: mem, level: memLimit, last: formatBytes(lastOf(mem)) },
      ].filter(({ last }) => last !== '–'),
      log: lines.join('\n'),
      logName: lines.length === 1 ? 'Its last line' : `Its last ${lines.length} lines`,
      logReason: lines.length > 0 ? '' : (linesReason ?? 'it had written nothing'),
    };
  });

  private read({ host, id }: { host: string; id: string }) {
    return this.rest.get(`/containers/${encodeURIComponent(host)}/${encodeURIComponent(id)}/last-words`).pipe(
      map(readLastWords),
      catchError(() => of([])),
    );
  }
}

function lastOf(values: Float32Array): number | null {
  const last = values.findLast((value) => !Number.isNaN(value));
  return last ?? null;
}
