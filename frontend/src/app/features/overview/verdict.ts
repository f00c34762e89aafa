import { Component, computed, inject, signal } from '@angular/core';
import { RouterLink } from '@angular/router';
import { Connection } from '../../core/connection.ts';
import { LinkState } from '../../core/link-state.ts';
import { Now } from '../../core/now.ts';
import { AlertStore } from '../../core/stores/alert-store.ts';
import { ContainerStore } from '../../core/stores/container-store.ts';
import { HostStore } from '../../core/stores/host-store.ts';
import { SystemStore } from '../../core/stores/system-store.ts';
import { Icon } from '../../ui/icon.ts';
import { isUnattended } from '../alerts/alert-words.ts';
import { agoOf } from '../events/ago.ts';
import { problemsOf } from './problems.ts';

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
  private readonly system = inject(SystemStore);
  protected readonly isOpen = signal(false);

  protected readonly problems = computed(() =>
    problemsOf({
      alerts: this.alerts.active(),
      hosts: this.hosts.hosts(),
      containers: this.containers.containers(),
      faults: this.system.faults(),
    }),
  );
  protected readonly rows = computed(() =>
    this.problems()
      .slice(0, this.isOpen() ? MOST : FEW)
      .map((problem) => ({
        ...problem,
        text: problem.reasons.join(' · '),
        ago: problem.since === null ? '' : agoOf(this.now.server() - problem.since),
      })),
  );
  protected readonly hidden = computed(() => this.problems().length - this.rows().length);
  private readonly known = computed(
    () => this.hosts.feed.loaded() && this.containers.feed.loaded() && this.alerts.feed.loaded(),
  );
  private readonly isPast = computed(() => !this.connection.live() && !this.link.polling());

  protected readonly tone = computed(() => {
    if (!this.known() || this.isPast()) return 'idle';
    return this.problems()[0]?.tone ?? 'good';
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
    const alerts = this.alerts.firing();
    const firing = alerts.filter(isUnattended).length;
    const quiet = alerts.length - firing;
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
