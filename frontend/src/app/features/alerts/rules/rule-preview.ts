import { Component, computed, inject, input } from '@angular/core';
import { toObservable, toSignal } from '@angular/core/rxjs-interop';
import { catchError, debounceTime, map, of, repeat, switchMap } from 'rxjs';
import { isRecord } from '../../../core/frames.ts';
import { Rest, RestFault } from '../../../core/rest.ts';
import { StatusDot } from '../../../ui/status-dot.ts';
import { formatMetric } from '../alert-words.ts';
import type { RuleDraft } from './rule-form.ts';

const PAUSE_MS = 400;
/** Figures move while one writes. */
const AGAIN_MS = 5000;

interface Row {
  key: string;
  name: string;
  host: string | null;
  value: number | null;
  breaks: boolean;
}

interface Preview {
  fault: string;
  total: number;
  breaking: number;
  rows: readonly Row[];
  /** How often it would have fired in the time that is kept. */
  fired: number;
}

const isRow = (value: unknown): value is Row => isRecord(value) && typeof value['key'] === 'string' && typeof value['name'] === 'string'; // prettier-ignore

function previewOf(answer: unknown): Preview {
  const of = isRecord(answer) ? answer : {};
  const selects = isRecord(of['selects']) ? of['selects'] : {};
  const rows = Array.isArray(selects['items']) ? selects['items'].filter(isRow) : [];
  const count = (value: unknown, otherwise: number) => (typeof value === 'number' ? value : otherwise);
  return {
    fault: '',
    total: count(selects['total'], rows.length),
    breaking: count(selects['breaking'], rows.filter(({ breaks }) => breaks).length),
    rows,
    fired: Array.isArray(of['wouldHaveFired']) ? of['wouldHaveFired'].length : 0,
  };
}

/** What a draft selects at this moment, with its figures, and how often it would have fired. */
@Component({
  selector: 'app-rule-preview',
  imports: [StatusDot],
  template: `
    @if (preview(); as preview) {
      @if (preview.fault) {
        <p class="bad" role="status">{{ preview.fault }}</p>
      } @else {
        <p role="status">
          Selects <b>{{ preview.total }}</b> now, <b [class.bad]="preview.breaking > 0">{{ preview.breaking }}</b> of
          them beyond the level. In the last 15 minutes it would have fired <b>{{ preview.fired }}</b>
          {{ preview.fired === 1 ? 'time' : 'times' }}.
        </p>
        <ul>
          @for (row of preview.rows; track row.key) {
            <li>
              <ui-status-dot [tone]="row.breaks ? 'bad' : 'good'" [label]="row.breaks ? 'beyond the level' : 'well'" />
              <span class="name">{{ row.name }}</span>
              <span class="faint">{{ row.host }}</span>
              <span class="value">{{ figure(row.value) }}</span>
            </li>
          }
        </ul>
        @if (preview.total > preview.rows.length) {
          <p class="faint">and {{ preview.total - preview.rows.length }} more</p>
        }
      }
    }
  `,
  styles: `
    :host {
      display: block;
      margin-top: var(--space-3);
    }
    ul {
      margin-top: var(--space-2);
    }
    li {
      display: flex;
      align-items: baseline;
      gap: 8px;
      padding: 3px 0;
    }
    .name {
      overflow: hidden;
      text-overflow: ellipsis;
    }
    .value {
      margin-left: auto;
      white-space: nowrap;
    }
    .bad {
      color: var(--bad);
    }
  `,
})
export class RulePreview {
  private readonly rest = inject(Rest);
  /** Null: it cannot be read yet. */
  readonly draft = input.required<RuleDraft | null>();
  private readonly metric = computed(() => {
    const condition = this.draft()?.condition;
    return condition !== undefined && 'metric' in condition ? condition.metric : null;
  });
  protected readonly preview = toSignal(
    toObservable(this.draft).pipe(
      debounceTime(PAUSE_MS),
      switchMap((draft) => (draft === null ? of(null) : this.ask(draft))),
    ),
    { initialValue: null },
  );

  private ask(draft: RuleDraft) {
    return this.rest.post('/alert-rules/preview', draft).pipe(
      map(previewOf),
      catchError((error: unknown) => of({ ...previewOf(null), fault: faultOf(error) })),
      repeat({ delay: AGAIN_MS }),
    );
  }

  protected figure(value: number | null): string {
    return this.metric() === null ? '' : formatMetric(this.metric(), value);
  }
}

function faultOf(error: unknown): string {
  if (!(error instanceof RestFault)) return 'The gateway does not answer.';
  return error.errors[0]?.message ?? error.message;
}
