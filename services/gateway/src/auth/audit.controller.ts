import { Controller, Inject } from '@nestjs/common';
import { ProblemError } from '../rest/problem.ts';
import { Checked, Route, type Answer, type Call } from '../rest/route.decorator.ts';
import { AuditLog } from './audit-log.ts';

@Controller()
export class AuditController {
  constructor(@Inject(AuditLog) private readonly audit: AuditLog) {}

  @Route('listAudit')
  async list(@Checked() { query: { limit, cursor } }: Call<'listAudit'>): Promise<Answer<'listAudit'>> {
    if (cursor !== undefined && !/^\d+$/.test(cursor)) {
      const message = 'not a cursor of this list';
      throw new ProblemError(400, 'the request does not fit', [{ path: 'query.cursor', message }]);
    }
    const { items, next, total } = await this.audit.page(limit, cursor === undefined ? undefined : Number(cursor));
    return { items, nextCursor: next === null ? null : String(next), total };
  }
}
