import { Component, computed, inject, input } from '@angular/core';
import { toObservable, toSignal } from '@angular/core/rxjs-interop';
import { RouterLink } from '@angular/router';
import type { AlertMessage } from '@deckwatch/contracts';
import { formatDuration } from '@deckwatch/contracts/wire';
import { catchError, distinctUntilChanged, map, of, switchMap } from 'rxjs';
import { isRecord } from '../../../core/frames.ts';
import { Rest } from '../../../core/rest.ts';
import { isAlert } from '../../../core/stores/alert-store.ts';
import { LastWordsView } from '../../last-words/last-words-view.ts';
import { silenceWords } from '../silences/silence-words.ts';
import { storyOf } from './alert-story.ts';

const MOST_CHAPTERS = 50;
/** Its container may have died so long before an alert came of it, or after. */
const NEAR_MS = 5 * 60_000;

/** One alert closely: its sentence, what became of it step by step, and a container's last words. */
@Component({
  selector: 'app-alert-detail',
  imports: [LastWordsView, RouterLink],
  template: `
    <p class="sentence">{{ alert().message }}</p>
    <dl>
      <div>
        <dt>Rule</dt>
        <dd>
          <a class="link" [routerLink]="['/alerts/rules', alert().rule.id]">{{ alert().rule.name }}</a>
        </dd>
      </div>
      <div>
        <dt>Severity</dt>
        <dd>{{ alert().severity }}</dd>
      </div>
      @if (alert().resolvedAt; as end) {
        <div>
          <dt>Lasted</dt>
          <dd>{{ duration(end - alert().since) }}</dd>
        </div>
      }
      @if (alert().silencedBy.length > 0) {
        <div>
          <dt>Silenced</dt>
          <dd>
            <a class="link" routerLink="/alerts/silences">{{ silences().join('; ') }}</a>
          </dd>
        </div>
      }
      @if (alert().inhibitedBy; as other) {
        <div>
          <dt>Held back by</dt>
          <dd>
            <a class="link" routerLink="/alerts" [queryParams]="{ alert: other }">{{ other }}</a>
          </dd>
        </div>
      }
    </dl>
    @if (story(); as chapters) {
      <ol aria-label="What became of it">
        @for (chapter of chapters; track chapter.key) {
          <li>
            <time class="faint" [attr.datetime]="chapter.iso">{{ chapter.at }}</time> {{ chapter.words }}
          </li>
        }
      </ol>
    } @else {
      <p class="faint" role="status">Reading what became of it…</p>
    }
    @if (container(); as container) {
      <app-last-words
        [host]="container.host"
        [id]="container.id"
        [from]="span().from"
        [to]="span().to"
        [after]="alert().seq"
      />
    }
  `,
  styleUrl: './alert-detail.css',
})
export class AlertDetail {
  private readonly rest = inject(Rest);
  readonly alert = input.required<AlertMessage>();
  protected readonly duration = formatDuration;

  protected readonly silences = silenceWords(computed(() => this.alert().silencedBy));

  private readonly version = computed(() => `${this.alert().id} ${this.alert().seq}`);
  private readonly past = toSignal(
    toObservable(this.version).pipe(
      distinctUntilChanged(),
      switchMap(() => this.read(this.alert().id)),
    ),
    { initialValue: null },
  );
  /** Null: not read yet. What could not be read is told by the last message alone. */
  protected readonly story = computed(() => {
    const past = this.past();
    return past === null ? null : storyOf(past.some(({ seq }) => seq === this.alert().seq) ? past : [this.alert(), ...past]); // prettier-ignore
  });
  protected readonly container = computed(() => {
    const { kind, key, host } = this.alert().target;
    return kind === 'container' && host !== null ? { host, id: key.slice(key.lastIndexOf('.') + 1) } : null;
  });
  protected readonly span = computed(() => {
    const { since, resolvedAt } = this.alert();
    return { from: since - NEAR_MS, to: resolvedAt === null ? Infinity : resolvedAt + NEAR_MS };
  });

  private read(id: string) {
    return this.rest.get(`/alerts/history?alert=${encodeURIComponent(id)}&limit=${MOST_CHAPTERS}`).pipe(
      map((answer) => (isRecord(answer) && Array.isArray(answer['items']) ? answer['items'].filter(isAlert) : [])),
      catchError(() => of<AlertMessage[]>([])),
    );
  }
}
