import { Component, computed, inject, signal } from '@angular/core';
import { RouterLink } from '@angular/router';
import { Connection } from '../../core/connection.ts';
import { LinkState } from '../../core/link-state.ts';
import { Now } from '../../core/now.ts';
import { AlertStore } from '../../core/stores/alert-store.ts';
import { ContainerStore } from '../../core/stores/container-store.ts';
import { HostStore } from '../../core/stores/host-store.ts';
import { Troubles } from '../../core/troubles/troubles.ts';
import { Icon } from '../../ui/icon.ts';
import { agoOf } from '../events/ago.ts';

const FEW = 6;
const MOST = 200;

/** Whether all is well, in one line, and what is not, each with its way there. */
@Component({
  selector: 'app-verdict',
  imports: [Icon, RouterLink],
  host: { class: 'panel', '[class]': 'tone()' },
  templateUrl: './verdict.html',
  styleUrl: './verdict.css',
})
export class Verdict {
  private readonly connection = inject(Connection);
  private readonly link = inject(LinkState);
  private readonly now = inject(Now);
  private readonly alerts = inject(AlertStore);
  private readonly containers = inject(ContainerStore);
  private readonly hosts = inject(HostStore);
  private readonly troubles = inject(Troubles);
  protected readonly isOpen = signal(false);

  private readonly problems = this.troubles.problems;
  private readonly known = this.troubles.known;
  /** A line that says "1 more" would take the place of that one. */
  private readonly shortened = computed(() => (this.problems().length === FEW + 1 ? FEW + 1 : FEW));
  protected readonly rows = computed(() =>
    this.problems()
      .slice(0, this.isOpen() ? MOST : this.shortened())
      .map((problem) => ({
        ...problem,
        text: problem.reasons.join(' · '),
        ago: problem.since === null ? '' : agoOf(this.now.server() - problem.since),
      })),
  );
  protected readonly hidden = computed(() => this.problems().length - this.rows().length);
  private readonly isPast = computed(() => !this.connection.live() && !this.link.polling());

  protected readonly tone = computed(() => {
    if (!this.known() || this.isPast()) return 'idle';
    return this.troubles.worst() ?? 'good';
  });
  protected readonly icon = computed(() => {
    if (!this.known() || this.isPast()) return 'info';
    return this.problems().length > 0 ? 'alert' : 'check';
  });
  protected readonly words = computed(() => {
    const count = this.problems().length;
    if (!this.known()) return this.isPast() ? 'Not connected yet' : 'Looking…';
    if (this.isPast()) return 'No connection: this is how it was';
    if (count === 0) return 'All well';
    return count === 1 ? '1 thing needs you' : `${count} things need you`;
  });
  /** What the verdict rests on. */
  protected readonly ground = computed(() => {
    if (!this.known()) return '';
    const hosts = this.hosts.hosts().length;
    const running = this.containers.containers().filter(({ state }) => state === 'running').length;
    const firing = this.troubles.unattended().length;
    const quiet = this.alerts.firing().length - firing;
    const parts = [
      counted(hosts, 'host'),
      `${counted(running, 'container')} running`,
      firing === 0 ? 'no alert firing' : `${counted(firing, 'alert')} firing`,
    ];
    if (quiet > 0) parts.push(`${quiet} acknowledged or silenced`);
    return parts.join(' · ');
  });
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
