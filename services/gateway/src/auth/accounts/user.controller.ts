import { Controller, Inject, Req } from '@nestjs/common';
import type { Account } from '@deckwatch/contracts';
import type { Request } from 'express';
import { pageOf } from '../../rest/paging.ts';
import { Checked, Route, type Answer, type Call } from '../../rest/route.decorator.ts';
import { AuditLog } from '../audit-log.ts';
import { addressOf } from '../peer.ts';
import type { User } from '../user.ts';
import { AccountBook } from './account-book.ts';

@Controller()
export class UserController {
  constructor(
    @Inject(AccountBook) private readonly accounts: AccountBook,
    @Inject(AuditLog) private readonly audit: AuditLog,
  ) {}

  @Route('listUsers')
  list(@Checked() { query }: Call<'listUsers'>): Answer<'listUsers'> {
    const { limit, cursor } = query;
    const order = { order: 'asc' as const, sortKey: (user: Account) => user.username };
    return pageOf(this.accounts.list(), { limit, ...(cursor && { cursor }), ...order, id: (user) => user.username });
  }

  @Route('createUser')
  async create(@Checked() { user, body }: Call<'createUser'>, @Req() request: Request): Promise<Answer<'createUser'>> {
    const account = await this.accounts.create(body.username, body.password, body.role);
    await this.tell(user, request, 'user created', account.username, null, account);
    return account;
  }

  @Route('changeUser')
  async change(
    @Checked() { user, params, body }: Call<'changeUser'>,
    @Req() request: Request,
  ): Promise<Answer<'changeUser'>> {
    const { before, after } = await this.accounts.update(params.username, body);
    const told = body.password === undefined ? after : { ...after, passwordChanged: true };
    await this.tell(user, request, 'user changed', params.username, before, told);
    return after;
  }

  @Route('deleteUser')
  async delete(@Checked() { user, params }: Call<'deleteUser'>, @Req() request: Request): Promise<void> {
    const before = await this.accounts.delete(params.username);
    await this.tell(user, request, 'user deleted', params.username, before, null);
  }

  private tell(user: User, request: Request, action: string, target: string, before: unknown, after: unknown) {
    const from = addressOf(request);
    return this.audit.write({ who: user.name, action, target, from, before, after });
  }
}
