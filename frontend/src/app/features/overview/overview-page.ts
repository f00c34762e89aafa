import { Component, inject } from '@angular/core';
import { LinkState } from '../../core/link-state.ts';
import { ContainerStore } from '../../core/stores/container-store.ts';
import { HostStore } from '../../core/stores/host-store.ts';
import { StatsStore } from '../../core/stores/stats-store.ts';
import { HostCard } from '../hosts/host-card.ts';
import { Busiest } from './busiest.ts';
import { Latest } from './latest.ts';
import { SessionTile } from './session-tile.ts';
import { Verdict } from './verdict.ts';

/** Whether all is well, and where to look if not. */
@Component({
  selector: 'app-overview-page',
  imports: [Busiest, HostCard, Latest, SessionTile, Verdict],
  templateUrl: './overview-page.html',
  styleUrl: './overview-page.css',
})
export class OverviewPage {
  protected readonly link = inject(LinkState);
  protected readonly hosts = inject(HostStore);

  constructor() {
    inject(ContainerStore).feed.watch();
    inject(StatsStore).feed.watch();
  }
}
