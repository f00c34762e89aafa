import { Controller, Inject } from '@nestjs/common';
import type { Bus } from '@deckwatch/bus';
import { HISTORY_RPC, METRICS, containerKey, type Container, type ContainerWithStats } from '@deckwatch/contracts';
import { BUS } from '@deckwatch/service-kit';
import { LiveState } from '../feeds/live-state.ts';
import { figuresOf, matches, sortKeyOf } from './container-list.ts';
import { pageOf } from './paging.ts';
import { ProblemError } from './problem.ts';
import { Checked, Route, type Answer, type Call } from './route.decorator.ts';

/** Who polls comes back within so long: until then the figures are kept fresh. */
const INTEREST_MS = 30_000;
const HOUR_MS = 3_600_000;
const HISTORY_METRICS: readonly string[] = METRICS.container;

@Controller()
export class ContainerController {
  constructor(
    @Inject(LiveState) private readonly state: LiveState,
    @Inject(BUS) private readonly bus: Bus,
  ) {}

  @Route('listContainers')
  async list(@Checked() { query }: Call<'listContainers'>): Promise<Answer<'listContainers'>> {
    await this.state.statsFeed.visit(query.host ?? 'all', INTEREST_MS);
    const found = [...this.state.containers.all()]
      .filter((container) => matches(container, query))
      .map((container) => this.withStats(container));
    return pageOf(found, {
      ...query,
      sortKey: (container) => sortKeyOf(container, query.sort),
      id: (container) => container.key,
    });
  }

  @Route('getContainer')
  async get(@Checked() { params: { host, id } }: Call<'getContainer'>): Promise<ContainerWithStats> {
    const container = this.state.containers.get(containerKey(host, id));
    if (!container) throw new ProblemError(404, `no container ${id} on "${host}"`);
    await this.state.statsFeed.visit(host, INTEREST_MS);
    return this.withStats(container);
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

  private withStats(container: Container): ContainerWithStats {
    const rows = this.state.stats.hosts.get(container.host);
    const text = rows?.rows.get(container.key);
    return { ...container, stats: text === undefined ? null : figuresOf(rows!.t, text) };
  }
}
