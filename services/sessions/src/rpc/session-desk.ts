import { RpcFault, type Bus, type BusSubscription, type RpcHandlers } from '@deckwatch/bus';
import { SESSIONS_RPC, type SessionCount, type SessionImpact, type SessionIngestItem } from '@deckwatch/contracts';
import type { Clock } from '@deckwatch/service-kit';
import { BadCursor, type SessionList } from '../listing/session-list.ts';
import { RedisAway } from '../redis/redis-connection.ts';
import type { RedisRegistry } from '../registry/redis-registry.ts';
import { changeOf } from '../sources/ingest-reader.ts';
import type { SourceDesk } from '../sources/held/source-desk.ts';
import { NotTaken, type ChangeSink } from '../sources/session-source.ts';
import { eventPage } from './session-events.ts';
import { ImpactDesk, type Moment } from './session-impact.ts';

interface Rejected {
  index: number;
  message: string;
}

/** Answers what the gateways ask: counts, lists, single sessions, events; takes what came by REST. */
export class SessionDesk {
  private subscription?: BusSubscription;
  private readonly impacts: ImpactDesk;

  constructor(
    private readonly bus: Bus,
    private readonly registry: RedisRegistry,
    private readonly list: SessionList,
    private readonly sink: ChangeSink,
    private readonly clock: Pick<Clock, 'now'>,
    private readonly sources: Pick<SourceDesk, 'sources' | 'revoke' | 'places' | 'tells' | 'unsure'>,
  ) {
    const countOf = async (app: string): Promise<number> => (await registry.count(clock.now())).byApp[app] ?? 0;
    this.impacts = new ImpactDesk(bus, countOf, () => clock.now());
  }

  start(): void {
    const handlers: RpcHandlers<typeof SESSIONS_RPC> = {
      count: () => known(this.count()),
      list: (query) => known(this.list.page(query)),
      get: ({ app, id }) => this.get(app, id),
      events: (query) => eventPage(this.bus, query),
      impact: async ({ moments }) => ({ items: await known(this.impactsOf(moments)) }),
      ingest: ({ items }) => this.ingest(items),
      sources: async () => ({ items: await known(this.sources.sources()) }),
      revoke: async ({ items }) => ({ items: await known(this.sources.revoke(items)) }),
    };
    this.subscription = this.bus.serve('sessions', SESSIONS_RPC, handlers);
  }

  stop(): void {
    this.subscription?.unsubscribe();
  }

  private async count(): Promise<SessionCount> {
    const [counts, unsure] = await Promise.all([this.registry.count(this.clock.now()), this.sources.unsure()]);
    const countedOnly = Object.keys(counts.byApp).filter((app) => !this.sources.tells(app));
    return { ...counts, runsOn: this.sources.places(), countedOnly, unsure };
  }

  /** One after the other: they share the broker with what is urgent. An app that is only counted leaves no log. */
  private async impactsOf(moments: readonly Moment[]): Promise<(SessionImpact | null)[]> {
    const found: (SessionImpact | null)[] = [];
    for (const { apps, at } of moments) {
      const told = apps.filter((app) => this.sources.tells(app));
      found.push(told.length === 0 ? null : await this.impacts.impact({ apps: told, at }));
    }
    return found;
  }

  private async get(app: string, id: string) {
    const session = await known(this.registry.get(app, id));
    if (!session) throw new RpcFault(404, 'no such session');
    return session;
  }

  /** Each item by itself; when none could be taken now, but might later, the request fails as a whole. */
  private async ingest(items: readonly SessionIngestItem[]): Promise<{ accepted: number; rejected: Rejected[] }> {
    const at = this.clock.now();
    const results = await Promise.allSettled(items.map(async (item) => this.sink.submit(changeOf(item, at))));
    const faults = results.flatMap((result, index) =>
      result.status === 'rejected' ? [{ index, fault: result.reason as unknown }] : [],
    );
    const temporary = faults.find(({ fault }) => !(fault instanceof NotTaken) || fault.retry);
    if (temporary && faults.length === items.length) throw new RpcFault(503, messageOf(temporary.fault));
    const rejected = faults.map(({ index, fault }) => ({ index, message: messageOf(fault) }));
    return { accepted: items.length - rejected.length, rejected };
  }
}

function messageOf(fault: unknown): string {
  return fault instanceof NotTaken ? fault.message : 'something went wrong';
}

/** Says what went wrong in the language of requests. */
async function known<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof RedisAway)
      throw new RpcFault(503, 'the session registry is away', undefined, { cause: error });
    if (error instanceof NotTaken) throw new RpcFault(503, error.message, undefined, { cause: error });
    if (error instanceof BadCursor)
      throw new RpcFault(400, error.message, [{ path: 'query.cursor', message: error.message }]);
    throw error;
  }
}
