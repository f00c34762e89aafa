import { Controller, Inject } from '@nestjs/common';
import { readBackwards, RpcFault, type Bus } from '@deckwatch/bus';
import {
  activeOn,
  appsOn,
  INSPECT_RPC,
  ContainerEvent,
  containerKey,
  HISTORY_RPC,
  filters,
  LastWords,
  METRICS,
  SESSIONS_RPC,
  STREAMS,
  subjects,
  type Container,
  type ContainerWithStats,
  type Happening,
} from '@deckwatch/contracts';
import { BUS } from '@deckwatch/service-kit';
import { LiveState } from '../feeds/live-state.ts';
import { figuresOf, matches, sortKeyOf } from './container-list.ts';
import { pageOf } from './paging.ts';
import { ProblemError } from './problem.ts';
import { Checked, Route, type Answer, type Call } from './route.decorator.ts';

/** Who polls comes back within so long: until then the figures are kept fresh. */
const INTEREST_MS = 30_000;
/** A collector that is gone must not hold up what is known without it. */
const INSPECT_MS = 2500;
/** Events are worth reading without knowing who was there. */
const IMPACT_MS = 2500;
const TROUBLES: ReadonlySet<string> = new Set(['died', 'oom', 'unhealthy']);
/** An `oom` and the end that it brought are no further apart. */
const OOM_TO_END_MS = 10_000;
const HOUR_MS = 3_600_000;
const HISTORY_METRICS: readonly string[] = METRICS.container;

/** An end for want of memory is told twice, as `oom` and as `died`; who was on it is said of the end, once. */
function isToldLater(newestFirst: readonly Happening[], index: number): boolean {
  const { event, host, id, t } = newestFirst[index]!;
  if (event !== 'oom') return false;
  return newestFirst
    .slice(0, index)
    .some((later) => later.event === 'died' && later.id === id && later.host === host && later.t - t < OOM_TO_END_MS);
}

@Controller()
export class ContainerController {
  constructor(
    @Inject(LiveState) private readonly state: LiveState,
    @Inject(BUS) private readonly bus: Bus,
  ) {}

  @Route('listContainers')
  async list(@Checked() { query }: Call<'listContainers'>): Promise<Answer<'listContainers'>> {
    await this.state.statsFeed.visit(query.host ?? 'all', INTEREST_MS);
    const found = [...this.state.containers.all()].filter((container) => matches(container, query));
    const { items, ...page } = pageOf(found, {
      ...query,
      sortKey: (container) => sortKeyOf(container, query.sort, () => this.figures(container)),
      id: (container) => container.key,
    });
    return { items: items.map((container) => this.withStats(container)), ...page };
  }

  @Route('getContainer')
  async get(@Checked() { params: { host, id } }: Call<'getContainer'>): Promise<Answer<'getContainer'>> {
    const container = this.state.containers.get(containerKey(host, id));
    if (!container) throw new ProblemError(404, `no container ${id} on "${host}"`);
    const [details] = await Promise.all([this.detailsOf(host, id), this.state.statsFeed.visit(host, INTEREST_MS)]);
    return { ...this.withStats(container), ...details };
  }

  @Route('lastWords')
  async lastWords(@Checked() { params: { host, id } }: Call<'lastWords'>): Promise<Answer<'lastWords'>> {
    const { name, maxMessagesPerSubject: limit } = STREAMS.LAST_WORDS;
    const read = (message: { json(): unknown }) => LastWords.safeParse(message.json()).data;
    const { items } = await readBackwards(this.bus, name, { limit, subject: subjects.lastWords(host, id), read });
    return { items };
  }

  @Route('recentHistory')
  recent(@Checked() { query }: Call<'recentHistory'>): Promise<Answer<'recentHistory'>> {
    return this.bus.call('history', HISTORY_RPC, 'recent', query);
  }

  @Route('listEvents')
  async events(@Checked() { query }: Call<'listEvents'>): Promise<Answer<'listEvents'>> {
    const { limit, cursor, host = '*', container } = query;
    if (cursor !== undefined && !/^\d+$/.test(cursor)) {
      const message = 'not a cursor of this list';
      throw new ProblemError(400, 'the request does not fit', [{ path: 'query.cursor', message }]);
    }
    const { items, next, total } = await readBackwards(this.bus, STREAMS.CONTAINERS.name, {
      limit,
      ...(cursor !== undefined && { below: Number(cursor) }),
      subject: container === undefined ? filters.containersOf(host) : subjects.container(...partsOf(container)),
      read: (message) => this.happening(message.json()),
    });
    return { items: await this.withImpact(items), nextCursor: next === null ? null : String(next), total };
  }

  @Route('containerHistory')
  history(@Checked() { params, query }: Call<'containerHistory'>): Promise<Answer<'containerHistory'>> {
    const metrics = [...new Set(query.metrics.split(',').map((metric) => metric.trim()))];
    const unknown = metrics.find((metric) => !HISTORY_METRICS.includes(metric));
    if (unknown !== undefined || metrics.length > 8) {
      const message =
        unknown === undefined ? 'at most 8' : `no metric "${unknown}"; there are ${HISTORY_METRICS.join(', ')}`;
      throw new ProblemError(400, 'the request does not fit', [{ path: 'query.metrics', message }]);
    }
    const to = query.to ?? Date.now();
    const from = query.from ?? to - HOUR_MS;
    if (from > to)
      throw new ProblemError(400, 'the request does not fit', [{ path: 'query.from', message: 'after `to`' }]);
    return this.bus.call(
      'history',
      HISTORY_RPC,
      'range',
      { ...params, metrics, from, to, points: query.points },
      10_000,
    );
  }

  /** `seen` tells that a container was found, not that anything happened to it. */
  private happening(message: unknown): Happening | undefined {
    const { success, data } = ContainerEvent.safeParse(message);
    if (!success || data.event === 'seen') return undefined;
    const { t, host, id, name, image, project, service, event, exitCode, oomKilled, restarts } = data;
    const demo = this.state.hosts.get(host)?.demo === true;
    return { t, host, id, name, image, project, service, event, exitCode, oomKilled, restarts, demo, sessions: null };
  }

  /** From its collector, which asks the engine. */
  private async detailsOf(
    host: string,
    id: string,
  ): Promise<Pick<Answer<'getContainer'>, 'details' | 'detailsReason'>> {
    try {
      const details = await this.bus.call(`collector.${host}`, INSPECT_RPC, 'inspect', { id }, INSPECT_MS);
      return { details, detailsReason: null };
    } catch (error) {
      if (!(error instanceof RpcFault)) throw error;
      // What the collector itself says has no cause here.
      const detailsReason = error.cause === undefined ? error.message : 'its host does not answer';
      return { details: null, detailsReason };
    }
  }

  /** With who was on it, where something failed; without, as long as nobody answers. */
  private async withImpact(items: Happening[]): Promise<Happening[]> {
    const places = this.state.sessionCount.current?.runsOn ?? [];
    const moments = items.flatMap((item, index) => {
      const apps = TROUBLES.has(item.event) && !isToldLater(items, index) ? appsOn(places, item) : [];
      return apps.length === 0 ? [] : [{ index, apps, at: item.t }];
    });
    if (moments.length === 0) return items;
    const request = { moments: moments.map(({ apps, at }) => ({ apps, at })) };
    const answer = await this.bus.call('sessions', SESSIONS_RPC, 'impact', request, IMPACT_MS).catch(() => null);
    moments.forEach(({ index }, place) => {
      items[index] = { ...items[index]!, sessions: answer?.items[place] ?? null };
    });
    return items;
  }

  private withStats(container: Container): ContainerWithStats {
    const counted = this.state.sessionCount.current;
    const sessions = counted ? activeOn(counted, container) : null;
    return { ...container, stats: this.figures(container), sessions };
  }

  private figures(container: Container): ContainerWithStats['stats'] {
    const rows = this.state.stats.hosts.get(container.host);
    const text = rows?.rows.get(container.key);
    return text === undefined ? null : figuresOf(rows!.t, text);
  }
}

function partsOf(key: string): [host: string, id: string] {
  const [host = '', id = ''] = key.split('.');
  return [host, id];
}
