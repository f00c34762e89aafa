import { computed, inject, Service } from '@angular/core';
import { AlertStore } from './stores/alert-store.ts';
import { HostStore } from './stores/host-store.ts';
import { SystemStore } from './stores/system-store.ts';

/** What asks for attention: alerts that nobody has acknowledged or silenced, hosts that are away, own parts down. */
@Service()
export class Troubles {
  private readonly alerts = inject(AlertStore);
  private readonly hosts = inject(HostStore);
  private readonly system = inject(SystemStore);

  private readonly unattended = computed(() =>
    this.alerts.firing().filter((alert) => !alert.ack && !alert.inhibitedBy && (alert.silencedBy ?? []).length === 0),
  );
  readonly alertCount = computed(() => this.unattended().length);
  /** Whether the worst of the alerts that are counted is critical. */
  readonly isCritical = computed(() => this.unattended().some(({ severity }) => severity === 'critical'));
  readonly hostsAway = computed(() => this.hosts.hosts().filter((host) => host.status !== 'up').length);
  /** A host that is away and of which an alert says so is one trouble. */
  readonly count = computed(() => {
    const told = new Set(this.unattended().map(({ target }) => `${target.kind}:${target.key}`));
    const untold = this.hosts.hosts().filter(({ key, status }) => status !== 'up' && !told.has(`host:${key}`));
    return this.alertCount() + untold.length + this.system.faults().length;
  });
}
