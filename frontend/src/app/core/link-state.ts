import { computed, inject, Service } from '@angular/core';
import { formatDuration } from '@deckwatch/contracts/wire';
import { Connection } from './connection.ts';
import { HttpFallback } from './http-fallback.ts';
import { Now } from './now.ts';
import { HostStore } from './stores/host-store.ts';
import { StatsStore } from './stores/stats-store.ts';
import type { Tone } from '../ui/tone.ts';

/** An HTTP answer counts as present for so long: two polls and a little. */
const POLLED_MS = 11_000;
const BLINK_MS = 3000;

export interface LinkText {
  tone: Tone;
  text: string;
  /** Whether asking to try now makes sense. */
  canRetry: boolean;
}

/** How the console is linked to its gateway, in words. */
@Service()
export class LinkState {
  private readonly connection = inject(Connection);
  private readonly fallback = inject(HttpFallback);
  private readonly hosts = inject(HostStore);
  private readonly stats = inject(StatsStore);
  private readonly now = inject(Now);

  /** Whether figures come by HTTP in the meantime. */
  readonly polling = computed(() => {
    const at = this.fallback.answeredAt();
    return !this.connection.live() && at !== null && this.now.local() - at < POLLED_MS;
  });
  /** Whether the gateway is there but gives no live figures: a flag is off, or it cannot have them. */
  readonly withheld = computed(() => this.connection.live() && this.stats.feed.status().kind === 'rejected');
  /** Whether figures come neither live nor by HTTP. */
  private readonly cut = computed(() => !this.connection.live() && !this.polling());
  private readonly ageMs = computed(() => {
    if (this.connection.live() && !this.withheld()) return null;
    const { at } = (this.withheld() ? this.stats : this.hosts).feed.freshness();
    return at === 0 ? null : Math.max(0, this.now.local() - at);
  });
  /** Whether what is on screen is older than it should be. A blink of the connection is not worth a word. */
  readonly stale = computed(() => {
    const ms = this.ageMs();
    return this.cut() && ms !== null && ms >= BLINK_MS;
  });
  /** How old the figures are: "12 s"; empty while live. */
  readonly age = computed(() => {
    const ms = this.ageMs();
    return ms === null ? '' : formatDuration(ms);
  });

  /** Whether what is shown of a host is what was last known of it. */
  isHostStale(host: string): boolean {
    return this.cut() || (this.hosts.byKey().get(host)?.status ?? 'up') !== 'up';
  }

  readonly link = computed((): LinkText => {
    const state = this.connection.state();
    switch (state.kind) {
      case 'live':
        return { tone: 'good', text: 'Live', canRetry: false };
      case 'connecting':
        return { tone: 'idle', text: 'Connecting…', canRetry: false };
      case 'reconnecting':
        return { tone: 'warn', text: `Reconnecting in ${this.secondsTo(state.at)} s`, canRetry: true };
      case 'offline':
        return { tone: 'bad', text: 'Offline', canRetry: true };
      case 'unauthenticated':
        return { tone: 'bad', text: 'Signed out', canRetry: true };
      case 'refused':
        return { tone: 'bad', text: `Refused (${state.code})`, canRetry: true };
    }
  });

  private secondsTo(at: number): number {
    return Math.max(1, Math.ceil((at - this.now.local()) / 1000));
  }
}
