import { Component, inject } from '@angular/core';
import type { AuditEntry } from '@deckwatch/contracts';
import { isRecord } from '../../core/frames.ts';
import { onPage, paging } from '../../core/paging.ts';
import { Rest } from '../../core/rest.ts';
import { ErrorState } from '../../ui/error-state.ts';
import { Loading } from '../../ui/loading.ts';
import { dateTime } from '../events/ago.ts';
import { changeOf, targetOf } from './audit-words.ts';

/** Who did what, from where. */
@Component({
  selector: 'app-audit-section',
  imports: [ErrorState, Loading],
  host: { class: 'panel', role: 'region', 'aria-labelledby': 'audit' },
  template: `
    <div class="head"><h2 id="audit">Audit log</h2></div>
    <ul>
      @for (entry of entries.items(); track $index) {
        <li>
          <time class="muted">{{ at(entry.t) }}</time>
          <span class="name">{{ entry.who }}</span>
          <span>
            {{ entry.action }} <span class="muted">{{ targetOf(entry) }}</span>&ngsp;<span class="faint">{{
              changeOf(entry)
            }}</span>
          </span>
          <span class="faint">{{ entry.from }}</span>
        </li>
      }
    </ul>
    @if (entries.state() === 'failed') {
      <ui-error-state (again)="entries.more()">The log could not be read: {{ entries.error() }}</ui-error-state>
    } @else if (entries.total() === null) {
      <ui-loading what="the audit log" />
    } @else if (entries.hasMore()) {
      <p class="body"><button type="button" class="button" (click)="entries.more()">Earlier entries</button></p>
    }
  `,
  styleUrl: './settings.css',
})
export class AuditSection {
  private readonly rest = inject(Rest);
  protected readonly changeOf = changeOf;
  protected readonly targetOf = targetOf;
  protected readonly entries = paging<AuditEntry>({
    read: (cursor) => this.rest.get(onPage('/audit?limit=50', cursor)),
    parse: (item) => (isRecord(item) && typeof item['t'] === 'number' ? (item as unknown as AuditEntry) : undefined),
    keyOf: (entry) => JSON.stringify(entry),
  });

  constructor() {
    this.entries.reset();
  }

  protected at(t: number): string {
    return dateTime.format(t);
  }
}
