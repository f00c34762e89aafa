import { Component, computed, inject } from '@angular/core';
import { Connection } from '../../core/connection.ts';
import { LinkState } from '../../core/link-state.ts';
import { HostStore } from '../../core/stores/host-store.ts';
import { HostCard } from '../hosts/host-card.ts';

/** Whether all is well, and where to look if not. */
@Component({
  selector: 'app-overview-page',
  imports: [HostCard],
  templateUrl: './overview-page.html',
  styleUrl: './overview-page.css',
})
export class OverviewPage {
  private readonly connection = inject(Connection);
  private readonly link = inject(LinkState);
  protected readonly hosts = inject(HostStore);
  protected readonly offline = computed(() => !this.connection.live() && !this.link.polling());
}
