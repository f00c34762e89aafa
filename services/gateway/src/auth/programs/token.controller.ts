import { Controller, Inject, Req } from '@nestjs/common';
import type { ApiToken } from '@deckwatch/contracts';
import type { Request } from 'express';
import { pageOf } from '../../rest/paging.ts';
import { ProblemError } from '../../rest/problem.ts';
import { Checked, Route, type Answer, type Call } from '../../rest/route.decorator.ts';
import { AuditLog } from '../audit-log.ts';
import { addressOf } from '../peer.ts';
import { TokenBook } from './token-book.ts';

@Controller()
export class TokenController {
  constructor(
    @Inject(TokenBook) private readonly tokens: TokenBook,
    @Inject(AuditLog) private readonly audit: AuditLog,
  ) {}

  @Route('listTokens')
  list(@Checked() { query: { limit, cursor } }: Call<'listTokens'>): Answer<'listTokens'> {
    const order = { order: 'desc' as const, sortKey: (token: ApiToken) => token.createdAt };
    return pageOf(this.tokens.list(), { limit, ...(cursor && { cursor }), ...order, id: (token) => token.id });
  }

  @Route('createToken')
  async create(
    @Checked() { user, body }: Call<'createToken'>,
    @Req() request: Request,
  ): Promise<Answer<'createToken'>> {
    const made = await this.tokens.create(body, user.name);
    if (!made) throw new ProblemError(409, 'at most 1000 tokens: delete some');
    const { id, name, role, scope, expiresAt } = made.stored;
    const from = addressOf(request);
    const after = { name, role, scope, expiresAt };
    await this.audit.write({ who: user.name, action: 'program admitted', target: id, from, before: null, after });
    return { ...made.stored, token: made.token };
  }

  @Route('deleteToken')
  async delete(@Checked() { user, params: { id } }: Call<'deleteToken'>, @Req() request: Request): Promise<void> {
    const before = await this.tokens.delete(id);
    if (!before) throw new ProblemError(404, 'there is no such token');
    const from = addressOf(request);
    const { name, role, scope } = before;
    await this.audit.write({ who: user.name, action: 'program shut out', target: id, from, before: { name, role, scope }, after: null }); // prettier-ignore
  }
}
