import { Controller, Inject } from '@nestjs/common';
import { RpcFault, type Bus } from '@deckwatch/bus';
import { SESSIONS_RPC, SessionIngestItem } from '@deckwatch/contracts';
import { BUS } from '@deckwatch/service-kit';
import { z } from 'zod';
import { Checked, Route, type Answer, type Call } from './route.decorator.ts';

/** A source may be slow to let go. */
const REVOKE_MS = 6000;

interface Rejected {
  index: number;
  message: string;
}

@Controller()
export class SessionController {
  constructor(@Inject(BUS) private readonly bus: Bus) {}

  @Route('countSessions')
  count(): Promise<Answer<'countSessions'>> {
    return this.bus.call('sessions', SESSIONS_RPC, 'count', {});
  }

  @Route('listSessions')
  list(@Checked() { query }: Call<'listSessions'>): Promise<Answer<'listSessions'>> {
    return this.bus.call('sessions', SESSIONS_RPC, 'list', query);
  }

  @Route('sessionEvents')
  events(@Checked() { query }: Call<'sessionEvents'>): Promise<Answer<'sessionEvents'>> {
    return this.bus.call('sessions', SESSIONS_RPC, 'events', query);
  }

  @Route('getSession')
  get(@Checked() { params }: Call<'getSession'>): Promise<Answer<'getSession'>> {
    return this.bus.call('sessions', SESSIONS_RPC, 'get', params);
  }

  @Route('sessionSources')
  sources(): Promise<Answer<'sessionSources'>> {
    return this.bus.call('sessions', SESSIONS_RPC, 'sources', {});
  }

  @Route('revokeSession')
  async revoke(@Checked() { params }: Call<'revokeSession'>): Promise<Answer<'revokeSession'>> {
    const { items } = await this.bus.call('sessions', SESSIONS_RPC, 'revoke', { items: [params] }, REVOKE_MS);
    const [outcome] = items;
    if (outcome?.revoked) return outcome;
    const status = outcome?.why === 'no such session' ? 404 : 409;
    throw new RpcFault(status, `not revoked: ${outcome?.why ?? 'no answer'}`);
  }

  @Route('revokeSessions')
  revokeMany(@Checked() { body }: Call<'revokeSessions'>): Promise<Answer<'revokeSessions'>> {
    return this.bus.call('sessions', SESSIONS_RPC, 'revoke', body, REVOKE_MS);
  }

  /** One wrong item does not spoil the others: it is rejected by its index. */
  @Route('ingestSessions')
  async ingest(@Checked() { body }: Call<'ingestSessions'>): Promise<Answer<'ingestSessions'>> {
    const rejected: Rejected[] = [];
    const items: SessionIngestItem[] = [];
    const indexes: number[] = [];
    (Array.isArray(body) ? body : [body]).forEach((item, index) => {
      const parsed = SessionIngestItem.safeParse(item);
      if (!parsed.success) return void rejected.push({ index, message: z.prettifyError(parsed.error) });
      items.push(parsed.data);
      indexes.push(index);
    });
    if (items.length === 0) return { accepted: 0, rejected };
    const reply = await this.bus.call('sessions', SESSIONS_RPC, 'ingest', { items }, 5000);
    for (const { index, message } of reply.rejected) rejected.push({ index: indexes[index] ?? index, message });
    return { accepted: reply.accepted, rejected: rejected.sort((a, b) => a.index - b.index) };
  }
}
