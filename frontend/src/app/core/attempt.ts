import { signal, type Signal } from '@angular/core';
import { firstValueFrom, type Observable } from 'rxjs';
import { RestFault } from './rest.ts';

export interface Attempt {
  readonly busy: Signal<boolean>;
  /** What was wrong with the last one; empty: nothing. */
  readonly fault: Signal<string>;
  /** Does one thing at a time; whether it was done. */
  run(request: () => Observable<unknown>): Promise<{ done: boolean; answer: unknown }>;
}

/** Something that is asked of the gateway by a form or a button, with what it says when it does not do it. */
export function attempt(): Attempt {
  const busy = signal(false);
  const fault = signal('');
  return {
    busy: busy.asReadonly(),
    fault: fault.asReadonly(),
    async run(request) {
      if (busy()) return { done: false, answer: null };
      busy.set(true);
      fault.set('');
      try {
        return { done: true, answer: await firstValueFrom(request(), { defaultValue: null }) };
      } catch (error) {
        fault.set(wordsOf(error));
        return { done: false, answer: null };
      } finally {
        busy.set(false);
      }
    },
  };
}

/** What is wrong with a field says more than that the request does not fit. */
function wordsOf(error: unknown): string {
  const [first] = error instanceof RestFault ? error.errors : [];
  const text = first?.message ?? (error instanceof RestFault ? error.message : 'The gateway does not answer.');
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? '' : '.'}`;
}
