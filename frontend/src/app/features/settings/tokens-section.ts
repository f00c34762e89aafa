import { Component, inject, signal } from '@angular/core';
import type { ApiToken } from '@deckwatch/contracts';
import { isRecord } from '../../core/frames.ts';
import { Now } from '../../core/now.ts';
import { onPage, paging } from '../../core/paging.ts';
import { Rest } from '../../core/rest.ts';
import { ConfirmButton } from '../../ui/confirm-button.ts';
import { ErrorState } from '../../ui/error-state.ts';
import { Loading } from '../../ui/loading.ts';
import { agoOf } from '../events/ago.ts';
import { attempt } from '../../core/attempt.ts';

const DAY_MS = 86_400_000;
const RIGHTS = [
  { value: 'ingest', text: 'ingest sessions only' },
  { value: 'viewer', text: 'viewer' },
  { value: 'operator', text: 'operator' },
  { value: 'admin', text: 'admin' },
] as const;

/** What programs show to be let in. */
@Component({
  selector: 'app-tokens-section',
  imports: [ConfirmButton, ErrorState, Loading],
  host: { class: 'panel', role: 'region', 'aria-labelledby': 'tokens' },
  templateUrl: './tokens-section.html',
  styleUrl: './settings.css',
})
export class TokensSection {
  private readonly rest = inject(Rest);
  private readonly now = inject(Now);
  protected readonly rights = RIGHTS;
  protected readonly tokens = paging<ApiToken>({
    read: (cursor) => this.rest.get(onPage('/tokens?limit=100', cursor)),
    parse: (item) => (isRecord(item) && typeof item['id'] === 'string' ? (item as unknown as ApiToken) : undefined),
    keyOf: ({ id }) => id,
  });
  protected readonly changing = attempt();
  protected readonly fresh = signal('');

  constructor() {
    this.tokens.reset();
  }

  protected about({ role, scope, createdBy, lastUsedAt, expiresAt }: ApiToken): string {
    const now = this.now.server();
    const used = lastUsedAt === null ? 'never used' : `used ${agoOf(now - lastUsedAt)}`;
    const ends = expiresAt === null ? '' : expiresAt <= now ? ' · expired' : ` · for ${Math.ceil((expiresAt - now) / DAY_MS)} days`; // prettier-ignore
    return `${role ?? scope ?? ''} · by ${createdBy} · ${used}${ends}`;
  }

  protected async create(name: HTMLInputElement, right: string, days: string): Promise<void> {
    const rights = right === 'ingest' ? { scope: 'ingest' } : { role: right };
    const expiresAt = days === '' ? null : Math.round(this.now.server()) + Number(days) * DAY_MS;
    const { done, answer } = await this.changing.run(() => this.rest.post('/tokens', { name: name.value, ...rights, expiresAt })); // prettier-ignore
    if (!done) return;
    name.value = '';
    this.fresh.set(isRecord(answer) && typeof answer['token'] === 'string' ? answer['token'] : '');
    this.tokens.reset();
  }

  protected async remove(id: string): Promise<void> {
    await this.changing.run(() => this.rest.delete(`/tokens/${encodeURIComponent(id)}`));
    this.tokens.reset();
  }
}
