import { Component, inject } from '@angular/core';
import type { Account, Role } from '@deckwatch/contracts';
import { Auth } from '../../core/auth.ts';
import { isRecord } from '../../core/frames.ts';
import { onPage, paging } from '../../core/paging.ts';
import { Rest } from '../../core/rest.ts';
import { ConfirmButton } from '../../ui/confirm-button.ts';
import { ErrorState } from '../../ui/error-state.ts';
import { Loading } from '../../ui/loading.ts';
import { attempt } from '../../core/attempt.ts';

const ROLES: readonly Role[] = ['viewer', 'operator', 'admin'];

/** Who may sign in, and as what. */
@Component({
  selector: 'app-users-section',
  imports: [ConfirmButton, ErrorState, Loading],
  host: { class: 'panel', role: 'region', 'aria-labelledby': 'users' },
  templateUrl: './users-section.html',
  styleUrl: './settings.css',
})
export class UsersSection {
  private readonly rest = inject(Rest);
  protected readonly auth = inject(Auth);
  protected readonly roles = ROLES;
  protected readonly users = paging<Account>({
    read: (cursor) => this.rest.get(onPage('/users?limit=100', cursor)),
    parse: (item) =>
      isRecord(item) && typeof item['username'] === 'string' ? (item as unknown as Account) : undefined,
    keyOf: ({ username }) => username,
  });
  protected readonly changing = attempt();

  constructor() {
    this.users.reset();
  }

  protected async create(name: HTMLInputElement, password: HTMLInputElement, role: string): Promise<void> {
    const body = { username: name.value, password: password.value, role };
    const { done } = await this.changing.run(() => this.rest.post('/users', body));
    if (!done) return;
    for (const field of [name, password]) field.value = '';
    this.users.reset();
  }

  protected async change(username: string, change: { role?: string; disabled?: boolean }): Promise<void> {
    await this.changing.run(() => this.rest.patch(`/users/${encodeURIComponent(username)}`, change));
    this.users.reset();
  }

  protected async remove(username: string): Promise<void> {
    await this.changing.run(() => this.rest.delete(`/users/${encodeURIComponent(username)}`));
    this.users.reset();
  }
}
