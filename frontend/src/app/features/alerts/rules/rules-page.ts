import { Component, computed, inject } from '@angular/core';
import { RouterLink } from '@angular/router';
import type { StoredRule } from '@deckwatch/contracts';
import { attempt } from '../../../core/attempt.ts';
import { Auth } from '../../../core/auth.ts';
import { onPage, paging } from '../../../core/paging.ts';
import { Rest } from '../../../core/rest.ts';
import { AlertStore } from '../../../core/stores/alert-store.ts';
import { severityTone } from '../../../core/troubles/alert-look.ts';
import { ConfirmButton } from '../../../ui/confirm-button.ts';
import { EmptyState } from '../../../ui/empty-state.ts';
import { ErrorState } from '../../../ui/error-state.ts';
import { Loading } from '../../../ui/loading.ts';
import { StatusDot } from '../../../ui/status-dot.ts';
import { isRule } from './is-rule.ts';
import { ProvisioningNote } from './provisioning-note.ts';
import { sentenceOf } from './rule-words.ts';

/** What is watched, in sentences. */
@Component({
  selector: 'app-rules-page',
  imports: [ConfirmButton, EmptyState, ErrorState, Loading, ProvisioningNote, RouterLink, StatusDot],
  templateUrl: './rules-page.html',
  styleUrl: '../lists.css',
})
export class RulesPage {
  private readonly rest = inject(Rest);
  private readonly alerts = inject(AlertStore);
  protected readonly auth = inject(Auth);
  protected readonly changing = attempt();
  protected readonly list = paging<StoredRule>({
    read: (cursor) => this.rest.get(onPage('/alert-rules?limit=200', cursor)),
    parse: (item) => (isRule(item) ? item : undefined),
    keyOf: ({ id }) => id,
  });
  private readonly standing = computed(() => {
    const counts = new Map<string, number>();
    for (const { rule, state } of this.alerts.active()) {
      if (state !== 'pending') counts.set(rule.id, (counts.get(rule.id) ?? 0) + 1);
    }
    return counts;
  });
  protected readonly rows = computed(() =>
    this.list.items().map((rule) => ({
      rule,
      tone: severityTone(rule.severity),
      words: sentenceOf(rule),
      firing: this.standing().get(rule.id) ?? 0,
    })),
  );

  constructor() {
    this.alerts.feed.watch();
    this.list.reset();
  }

  protected async turn({ revision, provisioned: _, ...rule }: StoredRule): Promise<void> {
    const path = `/alert-rules/${encodeURIComponent(rule.id)}?revision=${revision}`;
    await this.changing.run(() => this.rest.put(path, { ...rule, enabled: !rule.enabled }));
    this.list.reset();
  }

  protected async remove(id: string): Promise<void> {
    await this.changing.run(() => this.rest.delete(`/alert-rules/${encodeURIComponent(id)}`));
    this.list.reset();
  }
}
