import { computed, inject, Service } from '@angular/core';
import { AlertStore } from '../stores/alert-store.ts';
import { ContainerStore } from '../stores/container-store.ts';
import { HostStore } from '../stores/host-store.ts';
import { SystemStore } from '../stores/system-store.ts';
import { isUnattended } from './alert-look.ts';
import { isTroubled } from './container-look.ts';
import { problemsOf } from './problems.ts';

/** Whether all is well, as the overview, the tab's title and its icon say it. */
@Service()
export class Troubles {
  private readonly alerts = inject(AlertStore);
  private readonly containers = inject(ContainerStore);
  private readonly hosts = inject(HostStore);
  private readonly system = inject(SystemStore);

  /** Apart from the rest: hosts report every second, the inventory changes now and then. */
  private readonly troubled = computed(() => this.containers.containers().filter(isTroubled));
  /** What needs somebody, the worst first. */
  readonly problems = computed(() =>
    problemsOf({
      alerts: this.alerts.active(),
      hosts: this.hosts.hosts(),
      containers: this.troubled(),
      faults: this.system.faults(),
    }),
  );
  /** How bad the worst of them is; null: all is well. */
  readonly worst = computed(() => this.problems()[0]?.tone ?? null);
  /** Whether enough is known to say so. */
  readonly known = computed(
    () => this.hosts.feed.loaded() && this.containers.feed.loaded() && this.alerts.feed.loaded(),
  );

  /** The alerts that nobody has acknowledged or silenced. */
  readonly unattended = computed(() => this.alerts.firing().filter(isUnattended));
  /** Whether the worst of those is critical. */
  readonly isCritical = computed(() => this.unattended().some(({ severity }) => severity === 'critical'));
}
