import { Controller, Inject, Res } from '@nestjs/common';
import type { Bus } from '@deckwatch/bus';
import { ALERTS_RPC, HISTORY_RPC, METRICS, SESSIONS_RPC, type Container } from '@deckwatch/contracts';
import { BUS } from '@deckwatch/service-kit';
import type { Response } from 'express';
import { LiveState } from '../feeds/live-state.ts';
import { ProblemError } from '../rest/problem.ts';
import { Checked, Route, type Call } from '../rest/route.decorator.ts';
import { csvTime, sendCsv, type Cell } from './csv.ts';

const METRIC_NAMES: readonly string[] = METRICS.container;
const QUARTER_MS = 15 * 60_000;
const RPC_MS = 10_000;
const PAGE = 500;

interface Range {
  from: number;
  to: number;
}

/** Tables to take away, a part at a time: however much it is, a client that reads slowly holds up only itself. */
@Controller()
export class ExportController {
  constructor(
    @Inject(LiveState) private readonly state: LiveState,
    @Inject(BUS) private readonly bus: Bus,
  ) {}

  @Route('exportMetrics')
  async metrics(@Checked() { query }: Call<'exportMetrics'>, @Res() response: Response): Promise<void> {
    const metrics = metricsOf(query.metrics);
    const range = rangeOf(query);
    const header = ['time', 'host', 'container', 'id', 'metric', 'min', 'avg', 'max'];
    await sendCsv(response, 'metrics.csv', header, this.samples(this.wanted(query.containers), metrics, range, query.points)); // prettier-ignore
  }

  @Route('exportSessions')
  async sessions(@Res() response: Response): Promise<void> {
    const header = ['app', 'id', 'user', 'created', 'last_seen', 'expires', 'attributes'];
    await sendCsv(response, 'sessions.csv', header, this.liveSessions());
  }

  @Route('exportAlerts')
  async alerts(@Checked() { query }: Call<'exportAlerts'>, @Res() response: Response): Promise<void> {
    const header = ['time', 'alert', 'rule', 'severity', 'target', 'change', 'state', 'value', 'threshold', 'message'];
    await sendCsv(response, 'alerts.csv', header, this.alertLines(query));
  }

  /** All that are known, or those named; names of none are passed over. */
  private wanted(keys: readonly string[] | undefined): Container[] {
    const known = [...this.state.containers.all()];
    const chosen = keys === undefined ? known : known.filter(({ key }) => keys.includes(key));
    return chosen.sort((a, b) => (a.key < b.key ? -1 : 1));
  }

  /** One container after the other, so that no more than one is held. */
  private async *samples(
    containers: readonly Container[],
    metrics: string[],
    range: Range,
    points: number,
  ): AsyncGenerator<Cell[]> {
    for (const { host, id, name } of containers) {
      const query = { host, id, metrics, ...range, points };
      const { series } = await this.bus.call('history', HISTORY_RPC, 'range', query, RPC_MS);
      for (const [metric, buckets] of Object.entries(series)) {
        for (const [t, min, avg, max] of buckets) yield [csvTime(t), host, name, id, metric, min, avg, max];
      }
    }
  }

  private async *liveSessions(): AsyncGenerator<Cell[]> {
    let cursor: string | undefined;
    do {
      const query = { limit: PAGE, sort: 'createdAt', order: 'asc', ...(cursor && { cursor }) } as const;
      const page = await this.bus.call('sessions', SESSIONS_RPC, 'list', query, RPC_MS);
      for (const { app, id, user, createdAt, lastSeenAt, expiresAt, attrs } of page.items) {
        yield [app, id, user, csvTime(createdAt), csvTime(lastSeenAt), csvTime(expiresAt), JSON.stringify(attrs)];
      }
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
  }

  private async *alertLines(range: Partial<Range>): AsyncGenerator<Cell[]> {
    let cursor: string | undefined;
    do {
      const query = { limit: PAGE, ...range, ...(cursor && { cursor }) };
      const page = await this.bus.call('alerts', ALERTS_RPC, 'history', query, RPC_MS);
      for (const { t, id, rule, severity, target, change, state, value, threshold, message } of page.items) {
        yield [csvTime(t), id, rule.name, severity, target.name, change, state, value, threshold, message];
      }
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
  }
}

/** Throws ProblemError. */
function metricsOf(text: string): string[] {
  const metrics = [...new Set(text.split(',').map((metric) => metric.trim()))];
  const unknown = metrics.find((metric) => !METRIC_NAMES.includes(metric));
  if (unknown === undefined && metrics.length <= 8) return metrics;
  const message = unknown === undefined ? 'at most 8' : `no metric "${unknown}"; there are ${METRIC_NAMES.join(', ')}`;
  throw new ProblemError(400, 'the request does not fit', [{ path: 'query.metrics', message }]);
}

/** Without one: the last 15 minutes. Throws ProblemError. */
function rangeOf(query: { from?: number | undefined; to?: number | undefined }): Range {
  const to = query.to ?? Date.now();
  const from = query.from ?? to - QUARTER_MS;
  if (from <= to) return { from, to };
  throw new ProblemError(400, 'the request does not fit', [{ path: 'query.from', message: 'after `to`' }]);
}
