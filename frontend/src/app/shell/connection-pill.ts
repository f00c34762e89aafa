import { Component, computed, inject } from '@angular/core';
import { formatDuration } from '@deckwatch/contracts/wire';
import { Connection } from '../core/connection.ts';
import { Now } from '../core/now.ts';
import { Pause } from '../core/pause.ts';
import { StatusDot } from '../ui/status-dot.ts';
import { LinkState } from '../core/link-state.ts';

/** The state of the connection, always in sight. */
@Component({
  selector: 'app-connection-pill',
  imports: [StatusDot],
  template: `
    @if (connection.live() && pause.paused()) {
      <ui-status-dot tone="idle" />
      <span class="text">Paused {{ pausedFor() }}</span>
      <span aria-hidden="true">·</span>
      <button type="button" class="link" (click)="pause.toggle()">resume</button>
    } @else {
      <ui-status-dot [tone]="state.link().tone" [breathing]="connection.live()" />
      <span class="text">{{ state.link().text }}</span>
    }
    @if (state.link().canRetry) {
      <span aria-hidden="true">·</span>
      <button type="button" class="link" aria-label="Reconnect now" (click)="connection.reconnectNow()">now</button>
    }
  `,
  styles: `
    :host {
      display: inline-flex;
      align-items: center;
      gap: 6px;
      height: 28px;
      padding: 0 10px 0 8px;
      white-space: nowrap;
    }
    @media (pointer: coarse) {
      button {
        min-width: var(--target);
        height: var(--target);
      }
    }
  `,
})
export class ConnectionPill {
  protected readonly connection = inject(Connection);
  protected readonly state = inject(LinkState);
  protected readonly pause = inject(Pause);
  private readonly now = inject(Now);
  protected readonly pausedFor = computed(() =>
    formatDuration(Math.max(0, this.now.local() - (this.pause.since() ?? 0))),
  );
}
