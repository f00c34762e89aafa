import { computed, Service } from '@angular/core';
import { STAT_COLS, type StatCol } from '@deckwatch/contracts/wire';
import type { TopicMessage } from '../topic-entry.ts';
import { Feed } from './feed.ts';
import { StatsTable, type TrailCol } from './stats-table.ts';

/** The figures of all containers, live, with their last minute. */
@Service()
export class StatsStore {
  private readonly table = new StatsTable();
  private latestT = 0;
  readonly feed = new Feed('stats', (message) => this.apply(message));
  /** The latest sweep's time, Unix ms by the collector's clock; 0: none yet. */
  readonly t = computed(() => (this.feed.version(), this.latestT));

  /** Read `feed.version` beside it. */
  figure(key: string, col: StatCol): number | null {
    return this.table.figure(key, col);
  }

  /** Sixty samples up to the latest sweep, oldest first. Read `feed.version` beside it. */
  trail(key: string, col: TrailCol): Float32Array {
    return this.table.trail(key, col, this.latestT);
  }

  private apply({ kind, data }: TopicMessage): void {
    const { t, cols, rows } = data;
    if (typeof t !== 'number' || !Array.isArray(cols) || !Array.isArray(rows)) return;
    const places = STAT_COLS.map((col) => (cols as unknown[]).indexOf(col) + 1);
    const kept = new Set<string>();
    this.latestT = Math.max(this.latestT, t);
    for (const row of rows as unknown[]) {
      if (!Array.isArray(row) || typeof row[0] !== 'string') continue;
      const key = row[0];
      if (row.length === 1) {
        this.table.drop(key);
        continue;
      }
      const figures = places.map((place) => (place > 0 ? numberOrNull(row[place]) : null));
      this.table.put(key, t, figures, kind === 'update');
      kept.add(key);
    }
    if (kind === 'snapshot') for (const key of [...this.table.keys()]) if (!kept.has(key)) this.table.drop(key);
  }
}

function numberOrNull(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}
