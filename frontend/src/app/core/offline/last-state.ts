import { DestroyRef, effect, inject, Service } from '@angular/core';
import { STAT_COLS } from '@deckwatch/contracts/wire';
import { merge, timer } from 'rxjs';
import { Auth } from '../auth.ts';
import { BROWSER } from '../browser.ts';
import { Connection } from '../connection.ts';
import { AlertStore } from '../stores/alert-store.ts';
import { ContainerStore } from '../stores/container-store.ts';
import type { Feed } from '../stores/feed.ts';
import { HostStore } from '../stores/host-store.ts';
import { SessionStore } from '../stores/session-store.ts';
import { StatsStore } from '../stores/stats-store.ts';
import { KEPT_TOPICS, MOST_ITEMS, readKept, type KeptState } from './kept-state.ts';
import { SHELF } from './shelf.ts';

const KEEP_EVERY_MS = 30_000;
/** A gateway that answers sooner is waited for. */
const PATIENCE_MS = 1500;

/**
 * Keeps what the console shows for the day without a network: written now and then and when the tab is hidden, shown with
 * its age when nothing answers at the start, replaced by the first thing that does. Signing out clears it.
 */
@Service()
export class LastState {
  private readonly browser = inject(BROWSER);
  private readonly connection = inject(Connection);
  private readonly auth = inject(Auth);
  private readonly shelf = inject(SHELF);
  private readonly hosts = inject(HostStore);
  private readonly containers = inject(ContainerStore);
  private readonly stats = inject(StatsStore);
  private readonly alerts = inject(AlertStore);
  private readonly sessions = inject(SessionStore);
  private readonly destroyed = inject(DestroyRef);
  private wasIn = false;

  constructor() {
    effect(() => {
      const { kind } = this.auth.state();
      if (kind === 'out' && this.wasIn) void this.shelf.clear();
      this.wasIn ||= kind === 'in';
    });
  }

  /** Shows the last state unless the gateway answers soon, and keeps the state from then on. */
  start(): void {
    const showing = timer(PATIENCE_MS).subscribe(() => void this.show());
    const keeping = merge(timer(KEEP_EVERY_MS, KEEP_EVERY_MS), this.browser.hidden$).subscribe(() => void this.keep());
    this.destroyed.onDestroy(() => {
      showing.unsubscribe();
      keeping.unsubscribe();
    });
  }

  private async show(): Promise<void> {
    if (this.connection.live()) return;
    const kept = readKept(await this.shelf.take(), Date.now());
    if (!kept || this.connection.live() || this.auth.state().kind === 'out') return;
    for (const topic of KEPT_TOPICS) {
      const feed = this.feedOf(topic);
      const data = kept.topics[topic];
      if (data && feed.freshness().at === 0) feed.recall(data, kept.at);
    }
  }

  /** Only what is live is worth keeping. */
  private async keep(): Promise<void> {
    if (!this.connection.live()) return;
    const topics: KeptState['topics'] = {};
    if (this.hosts.feed.loaded()) topics['hosts'] = { items: this.hosts.hosts() };
    if (this.containers.feed.loaded())
      topics['containers'] = { items: this.containers.containers().slice(0, MOST_ITEMS) };
    if (this.alerts.feed.loaded()) topics['alerts'] = { items: this.alerts.active() };
    const count = this.sessions.count();
    if (count) topics['sessions.count'] = { ...count };
    if (this.stats.feed.loaded()) topics['stats'] = this.figures();
    await this.shelf.put({ version: 1, at: Date.now(), topics } satisfies KeptState);
  }

  private figures(): Record<string, unknown> {
    const keys = this.stats.known().slice(0, MOST_ITEMS);
    const rows = keys.map((key) => [key, ...STAT_COLS.map((col) => this.stats.figure(key, col))]);
    return { t: this.stats.t(), cols: STAT_COLS, rows };
  }

  private feedOf(topic: (typeof KEPT_TOPICS)[number]): Pick<Feed, 'recall' | 'freshness'> {
    switch (topic) {
      case 'hosts':
        return this.hosts.feed;
      case 'containers':
        return this.containers.feed;
      case 'stats':
        return this.stats.feed;
      case 'alerts':
        return this.alerts.feed;
      case 'sessions.count':
        return this.sessions.countFeed;
    }
  }
}
