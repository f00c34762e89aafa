import { Component, computed, DestroyRef, inject, input, linkedSignal, signal, untracked } from '@angular/core';
import { RouterLink } from '@angular/router';
import type { Container } from '@deckwatch/contracts';
import { formatBytes, formatPercent } from '@deckwatch/contracts/wire';
import { LinkState } from '../../core/link-state.ts';
import { ContainerStore } from '../../core/stores/container-store.ts';
import { HostStore } from '../../core/stores/host-store.ts';
import { StatsStore } from '../../core/stores/stats-store.ts';
import { Meter } from '../../ui/meter.ts';
import { Sparkline } from '../../ui/sparkline.ts';
import { standing } from './standing.ts';

const TOP = 6;
const RESORT_MS = 1000;

/** The containers that use the most CPU or memory. They change places when one is clearly busier, and never under the pointer. */
@Component({
  selector: 'app-busiest',
  imports: [Meter, RouterLink, Sparkline],
  host: {
    class: 'panel',
    '(mouseenter)': 'held = true',
    '(mouseleave)': 'held = false',
    '(focusin)': 'held = true',
    '(focusout)': 'held = false',
  },
  templateUrl: './busiest.html',
  styleUrl: './busiest.css',
})
export class Busiest {
  private readonly containers = inject(ContainerStore);
  private readonly stats = inject(StatsStore);
  private readonly hosts = inject(HostStore);
  private readonly link = inject(LinkState);
  private readonly turn = signal(0);
  protected held = false;
  readonly by = input.required<'cpu' | 'mem'>();

  private readonly running = computed(() => this.containers.containers().filter(({ state }) => state === 'running'));
  private readonly top = linkedSignal({
    source: () => ({ turn: this.turn(), by: this.by(), running: this.stats.feed.loaded() ? this.running() : [] }),
    computation: ({ by, running }, previous?: { source: { by: string }; value: readonly Container[] }) => {
      const before = previous?.source.by === by ? previous.value.map(({ key }) => key) : [];
      const contenders = untracked(() =>
        running.flatMap((container) => {
          const figure = this.stats.figure(container.key, by);
          return figure === null ? [] : [{ key: container.key, figure, container }];
        }),
      );
      return standing(contenders, before, TOP).map(({ container }) => container);
    },
  });
  protected readonly rows = computed(() => {
    this.stats.feed.version();
    const hosts = this.hosts.byKey();
    const isCpu = this.by() === 'cpu';
    return this.top().map(({ key, name, host, id, demo }) => {
      const mem = this.stats.figure(key, 'mem');
      const limit = this.stats.figure(key, 'memLimit');
      const whole = limit ?? hosts.get(host)?.memTotal ?? null;
      return {
        key,
        name,
        host,
        id,
        demo,
        stale: this.link.isHostStale(host),
        figure: isCpu ? formatPercent(this.stats.figure(key, 'cpu')) : formatBytes(mem),
        of: isCpu || whole === null ? '' : `of ${formatBytes(whole)}${limit === null ? ' of the host' : ''}`,
        share: mem !== null && whole ? mem / whole : null,
        isLimit: limit !== null,
        trail: isCpu ? this.stats.trail(key, 'cpu') : null,
      };
    });
  });
  protected readonly loaded = this.stats.feed.loaded;

  constructor() {
    const timer = setInterval(() => {
      if (!this.held) this.turn.update((count) => count + 1);
    }, RESORT_MS);
    inject(DestroyRef).onDestroy(() => clearInterval(timer));
    // The last minute of these rows before this page was opened.
    this.stats.watch(computed(() => this.top().map(({ key }) => key)));
  }
}
