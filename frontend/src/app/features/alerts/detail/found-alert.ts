import { Component, computed, inject, input, output } from '@angular/core';
import { toObservable, toSignal } from '@angular/core/rxjs-interop';
import { catchError, map, of, startWith, switchMap } from 'rxjs';
import { isRecord } from '../../../core/frames.ts';
import { Rest } from '../../../core/rest.ts';
import { isAlert } from '../../../core/stores/alert-store.ts';
import { Loading } from '../../../ui/loading.ts';
import { StatusDot } from '../../../ui/status-dot.ts';
import { rowOf } from '../alert-row.ts';
import { AlertDetail } from './alert-detail.ts';

/** An alert that a link led to and that stands no more. */
@Component({
  selector: 'app-found-alert',
  imports: [AlertDetail, Loading, StatusDot],
  host: { class: 'panel', role: 'region', 'aria-labelledby': 'found' },
  template: `
    <div class="head">
      @if (row(); as row) {
        <h2 id="found">
          <ui-status-dot [tone]="row.tone" [hollow]="row.hollow" [label]="row.alert.severity" />
          {{ row.alert.rule.name }} on {{ row.alert.target.name }}: {{ row.state }}
        </h2>
      } @else {
        <h2 id="found">An alert</h2>
      }
      <button type="button" class="link" (click)="closed.emit()">Close</button>
    </div>
    @if (row(); as row) {
      <app-alert-detail [alert]="row.alert" />
    } @else if (found().read) {
      <p class="none faint">Nothing is known of this alert any more.</p>
    } @else {
      <ui-loading what="the alert" [rows]="2" />
    }
  `,
  styles: `
    .head {
      display: flex;
      align-items: baseline;
      justify-content: space-between;
      gap: var(--space-3);
      padding: 10px var(--space-3);
    }
    h2 {
      overflow-wrap: anywhere;
    }
    app-alert-detail {
      margin: 0 var(--space-3) var(--space-3);
    }
    .none {
      padding: 0 var(--space-3) var(--space-3);
    }
  `,
})
export class FoundAlert {
  private readonly rest = inject(Rest);
  readonly id = input.required<string>();
  readonly closed = output();

  protected readonly found = toSignal(
    toObservable(this.id).pipe(
      switchMap((id) =>
        this.rest.get(`/alerts/history?alert=${encodeURIComponent(id)}&limit=1`).pipe(
          map((answer) => ({ read: true, items: isRecord(answer) && Array.isArray(answer['items']) ? answer['items'] : [] })), // prettier-ignore
          catchError(() => of({ read: true, items: [] })),
          startWith({ read: false, items: [] }),
        ),
      ),
    ),
    { initialValue: { read: false, items: [] as unknown[] } },
  );
  protected readonly row = computed(() => {
    const [last] = (this.found().items as unknown[]).filter(isAlert);
    return last ? rowOf(last) : null;
  });
}
