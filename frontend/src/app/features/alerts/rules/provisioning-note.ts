import { Component, computed, inject } from '@angular/core';
import { toSignal } from '@angular/core/rxjs-interop';
import type { ProvisioningStatus } from '@deckwatch/contracts';
import { catchError, map, of, timer, switchMap } from 'rxjs';
import { isRecord } from '../../../core/frames.ts';
import { Now } from '../../../core/now.ts';
import { Rest } from '../../../core/rest.ts';
import { agoOf } from '../../events/ago.ts';

/** Who mends a file wants to see that it is read. */
const AGAIN_MS = 5000;
const MOST_ERRORS = 20;

/** What came of the file of rules: how many are from it, or what is wrong with it. Nothing where there is none. */
@Component({
  selector: 'app-provisioning-note',
  template: `
    @if (status(); as status) {
      @if (status.fault) {
        <div class="wrong" role="alert">
          <p>
            <b>The file of rules has a fault</b>, so what was read before still holds. <code>{{ status.file }}</code>
          </p>
          @if (status.errors.length === 0) {
            <p>{{ status.fault }}</p>
          }
          <ul>
            @for (error of status.errors; track $index) {
              <li>
                @if (error.path) {
                  <code>{{ error.path }}</code>:
                }
                {{ error.message }}
              </li>
            }
          </ul>
        </div>
      } @else {
        <p class="faint">
          {{ status.count }} from <code>{{ status.file }}</code>, read {{ ago() }}
        </p>
      }
    }
  `,
  styles: `
    :host > * {
      padding: var(--space-2) var(--space-3);
      border-bottom: 1px solid var(--line);
      overflow-wrap: anywhere;
    }
    .wrong {
      background: var(--bad-soft);
      color: var(--bad);
    }
    li {
      padding-left: var(--space-3);
    }
    code {
      font-family: var(--mono);
      font-size: var(--size-small);
    }
  `,
})
export class ProvisioningNote {
  private readonly rest = inject(Rest);
  private readonly now = inject(Now);
  private readonly read = toSignal(
    timer(0, AGAIN_MS).pipe(
      switchMap(() =>
        this.rest.get('/alert-rules/provisioning').pipe(
          map((answer) => (isStatus(answer) ? answer : null)),
          catchError(() => of(undefined)),
        ),
      ),
    ),
    { initialValue: undefined },
  );
  protected readonly status = computed(() => {
    const status = this.read();
    if (!status || status.file === null) return null;
    const { file, rules, silences, fault, errors } = status;
    const parts = [rules > 0 && counted(rules, 'rule'), silences > 0 && counted(silences, 'silence')].filter(Boolean);
    return { file, fault, errors: errors.slice(0, MOST_ERRORS), count: parts.join(' and ') || 'Nothing' };
  });
  protected readonly ago = computed(() => {
    const at = this.read()?.loadedAt ?? null;
    return at === null ? 'not yet' : agoOf(this.now.server() - at);
  });
}

function isStatus(answer: unknown): answer is ProvisioningStatus {
  return isRecord(answer) && Array.isArray(answer['errors']) && 'file' in answer && typeof answer['rules'] === 'number';
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
