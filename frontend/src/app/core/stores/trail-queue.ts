import { catchError, defer, EMPTY, mergeMap, retry, Subject, takeUntil, tap, timer } from 'rxjs';
import type { Observable, Subscription } from 'rxjs';
import { isRecord } from '../frames.ts';
import { RestFault } from '../rest.ts';
import { TRAIL_LENGTH } from './stats-table.ts';

/** What rows did before they were watched. */
export interface PastTrails {
  from: number;
  stepMs: number;
  series: ReadonlyMap<string, readonly (number | null)[]>;
}

const MOST_KEYS = 200;
const AT_ONCE = 2;
const RETRIES = 3;
const RETRY_MS = 2000;
const MOST_VALUES = 1000;

interface Question {
  keys: readonly string[];
  /** How many of its rows are still on screen. */
  rows: number;
  readonly left$: Subject<void>;
}

/**
 * Asks the history for the last minute of the rows on screen, each once for as long as it stays there, many in one
 * question. Questions about rows that have all left are cancelled.
 */
export class TrailQueue {
  /** Each row on screen with the question that it is part of. */
  private readonly asked = new Map<string, Question>();
  private readonly questions = new Subject<Question>();
  private readonly working: Subscription;

  /** @param read answers `GET` of a path below the API's root */
  constructor(
    private readonly read: (path: string) => Observable<unknown>,
    private readonly take: (past: PastTrails) => void,
  ) {
    this.working = this.questions.pipe(mergeMap((question) => this.answerTo(question), AT_ONCE)).subscribe();
  }

  /** The rows that are on screen now. */
  show(keys: readonly string[]): void {
    const shown = new Set(keys);
    for (const [key, question] of this.asked) {
      if (shown.has(key)) continue;
      this.asked.delete(key);
      question.rows -= 1;
      if (question.rows === 0) question.left$.next();
    }
    const fresh = keys.filter((key) => !this.asked.has(key));
    for (let at = 0; at < fresh.length; at += MOST_KEYS) this.ask(fresh.slice(at, at + MOST_KEYS));
  }

  /** Nothing that was asked holds any more: there was a time when nobody listened. */
  reset(): void {
    const keys = [...this.asked.keys()];
    this.show([]);
    this.show(keys);
  }

  close(): void {
    this.show([]);
    this.working.unsubscribe();
  }

  private ask(keys: readonly string[]): void {
    const question = { keys, rows: keys.length, left$: new Subject<void>() };
    for (const key of keys) this.asked.set(key, question);
    this.questions.next(question);
  }

  private answerTo(question: Question): Observable<unknown> {
    return defer(() => {
      const keys = question.keys.filter((key) => this.asked.get(key) === question);
      if (keys.length === 0) return EMPTY;
      return this.read(
        `/containers/history?metric=cpu&points=${TRAIL_LENGTH}&keys=${keys.map(encodeURIComponent).join(',')}`,
      );
    }).pipe(
      retry({ count: RETRIES, delay: retryDelay }),
      tap((answer) => this.accept(question, answer)),
      takeUntil(question.left$),
      catchError(() => EMPTY),
    );
  }

  private accept(question: Question, answer: unknown): void {
    if (!isRecord(answer) || !isRecord(answer['series'])) return;
    const { from, resolutionMs, series } = answer;
    if (typeof from !== 'number' || typeof resolutionMs !== 'number' || resolutionMs < 1) return;
    const rows = new Map<string, (number | null)[]>();
    for (const [key, values] of Object.entries(series as Record<string, unknown>)) {
      if (this.asked.get(key) !== question || !Array.isArray(values)) continue;
      rows.set(key, (values as unknown[]).slice(0, MOST_VALUES).map(numberOrNull));
    }
    this.take({ from, stepMs: resolutionMs, series: rows });
  }
}

/** A refusal would only be repeated. */
function retryDelay(fault: unknown, count: number): Observable<unknown> {
  if (fault instanceof RestFault && fault.status < 500) throw fault;
  return timer(RETRY_MS * 2 ** (count - 1));
}

function numberOrNull(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}
