import { Component, computed, inject } from '@angular/core';
import { SystemStore } from '../core/stores/system-store.ts';
import { Connection } from '../core/connection.ts';
import { LinkState } from '../core/link-state.ts';
import { Pause } from '../core/pause.ts';
import { formatDuration } from '@deckwatch/contracts/wire';

const clock = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' });
const TOLERATED_SKEW_MS = 60_000;

/** One line under the header while something is wrong with the view itself: how old it is, what of Deckwatch is down. */
@Component({
  selector: 'app-outage-bar',
  host: { role: 'status', 'aria-live': 'polite' },
  template: `
    @if (words(); as words) {
      <p [class.mild]="mild()">
        {{ words }}
        @if (showsAge()) {
          <span aria-hidden="true">{{ ageWords() }}</span>
        }
      </p>
    }
  `,
  styles: `
    p {
      padding: 5px var(--space-4);
      border-bottom: 1px solid var(--line);
      background: var(--bad-soft);
      color: var(--bad);
    }
    p.mild {
      background: var(--warn-soft);
      color: var(--warn);
    }
  `,
})
export class OutageBar {
  private readonly connection = inject(Connection);
  private readonly state = inject(LinkState);
  private readonly system = inject(SystemStore);
  private readonly pause = inject(Pause);

  protected readonly mild = computed(() => this.connection.live() || this.state.polling());
  protected readonly showsAge = computed(() => this.state.age() !== '');
  protected readonly ageWords = computed(() => `Figures are ${this.state.age()} old.`);
  /** Without the age, which would be read out every second. */
  protected readonly words = computed(() => {
    if (this.state.withheld()) return 'Live figures are switched off: they come by HTTP every 5 s.';
    if (this.connection.live()) return this.pausedWords() || this.liveWords();
    if (this.state.polling()) return 'No live connection: figures come by HTTP every 5 s.';
    if (this.state.stale()) return 'No connection to the gateway: this is the last known state.';
    return '';
  });

  private pausedWords(): string {
    const since = this.pause.since();
    return since === null ? '' : `Paused by you: figures stand still since ${clock.format(since)}.`;
  }

  private liveWords(): string {
    const faults = this.system.faults();
    return faults.length > 0 ? faults.join(' · ') : skewWords(this.connection.skewMs());
  }
}

/** All times are shown by the gateway's clock; one who compares with his own should know. */
function skewWords(skewMs: number): string {
  if (Math.abs(skewMs) < TOLERATED_SKEW_MS) return '';
  const side = skewMs > 0 ? 'behind' : 'ahead of';
  return `This device's clock is ${formatDuration(Math.abs(skewMs))} ${side} the gateway's: times are shown by the gateway's.`;
}
