import { Component, computed, inject, input } from '@angular/core';
import { toObservable, toSignal } from '@angular/core/rxjs-interop';
import { catchError, debounceTime, map, of, repeat, switchMap } from 'rxjs';
import type { RulePreview as RulePreviewAnswer } from '@deckwatch/contracts';
import { formatDuration } from '@deckwatch/contracts/wire';
import { isRecord } from '../../../core/frames.ts';
import { Rest, RestFault } from '../../../core/rest.ts';
import { StatusDot } from '../../../ui/status-dot.ts';
import type { Tone } from '../../../ui/tone.ts';
import { formatMetric } from '../alert-words.ts';
import type { RuleDraft } from './rule-form.ts';

const PAUSE_MS = 400;
/** Figures move while one writes. */
const AGAIN_MS = 5000;

interface Shown {
  fault: string;
  total: number;
  breaking: number;
  rows: RulePreviewAnswer['selects']['items'];
  /** How often it would have fired in the time that was looked at; null: none was. */
  fired: number | null;
  lookedMs: number;
  note: string;
}

const NOTHING: Shown = { fault: '', total: 0, breaking: 0, rows: [], fired: null, lookedMs: 0, note: '' };
/** They end about where the form beside them does. */
const MOST_ROWS = 16;

function shownOf(answer: unknown): Shown {
  if (!isRecord(answer) || !isRecord(answer['selects']) || !Array.isArray(answer['selects']['items'])) {
    return { ...NOTHING, fault: 'What came is no preview.' };
  }
  const { selects, wouldHaveFired, from, to, note } = answer as unknown as RulePreviewAnswer;
  const inBreach = (row: (typeof selects.items)[number]) => row.verdict === 'breach';
  const rows = [...selects.items].sort((a, b) => Number(inBreach(b)) - Number(inBreach(a)));
  return {
    fault: '',
    total: selects.total,
    breaking: rows.filter(inBreach).length,
    rows: rows.slice(0, MOST_ROWS),
    fired: from === null || to === null ? null : wouldHaveFired.length,
    lookedMs: from === null || to === null ? 0 : to - from,
    note: note ?? '',
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
          them beyond the level.
          @if (preview.fired !== null) {
            In the last {{ duration(preview.lookedMs) }} it would have fired <b>{{ preview.fired }}</b>
            {{ preview.fired === 1 ? 'time' : 'times' }}.
          }
          @if (preview.note) {
            <span class="faint capital">{{ preview.note }}</span>
          }
        </p>
        <ul>
          @for (row of preview.rows; track row.target.key) {
            <li>
              <ui-status-dot [tone]="tones[row.verdict ?? 'none']!" [label]="row.verdict ?? 'nothing is known'" />
              <span class="name">{{ row.target.name }}</span>
              <span class="faint">{{ row.target.host === row.target.name ? '' : row.target.host }}</span>
              <span class="value">{{ figure(row.value) }}</span>
            </li>
          }
        </ul>
        @if (preview.total > preview.rows.length) {
          <p class="faint rest">and {{ preview.total - preview.rows.length }} more</p>
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
    /* Above the form: a few, those beyond the level first. */
    @media (max-width: 900px) {
      li:nth-child(n + 6),
      .rest {
        display: none;
      }
    }
  `,
})
export class RulePreview {
  private readonly rest = inject(Rest);
  /** Null: it cannot be read yet. */
  readonly draft = input.required<RuleDraft | null>();
  protected readonly tones: Record<string, Tone> = { breach: 'bad', between: 'warn', clear: 'good', none: 'idle' };
  protected readonly duration = formatDuration;
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
      map(shownOf),
      catchError((error: unknown) => of({ ...NOTHING, fault: faultOf(error) })),
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
