import { Component, computed, inject, input, signal } from '@angular/core';
import type { Host } from '@deckwatch/contracts';
import { formatBytes, formatPercent } from '@deckwatch/contracts/wire';
import { Auth } from '../../core/auth.ts';
import { Rest } from '../../core/rest.ts';
import { Meter } from '../../ui/meter.ts';
import { StatusDot } from '../../ui/status-dot.ts';
import type { Tone } from '../../ui/tone.ts';

/** One host: its totals, its engine, and what watching it costs. */
@Component({
  selector: 'app-host-card',
  imports: [Meter, StatusDot],
  host: { class: 'panel', '[class.stale]': 'stale()' },
  templateUrl: './host-card.html',
  styleUrl: './host-card.css',
})
export class HostCard {
  private readonly rest = inject(Rest);
  protected readonly auth = inject(Auth);
  readonly host = input.required<Host>();
  /** Whether the figures are older than they should be. */
  readonly stale = input(false);
  protected readonly removal = signal<'idle' | 'asked' | 'failed'>('idle');

  protected readonly tone = computed((): Tone => {
    const { status, engine } = this.host();
    if (status === 'down') return 'bad';
    return status === 'stale' || engine === 'away' ? 'warn' : 'good';
  });
  protected readonly statusText = computed(() => {
    const { status, engine } = this.host();
    if (status !== 'up') return status === 'down' ? 'down' : 'not reporting';
    return engine === 'up' ? 'up' : engine === 'away' ? 'up, its engine is away' : 'up, without an engine';
  });
  protected readonly figures = computed(() => {
    const host = this.host();
    return {
      cpu: formatPercent(host.cpuPercent),
      cpuShare: (host.cpuPercent ?? 0) / 100,
      mem: formatPercent(host.memPercent),
      memShare: (host.memPercent ?? 0) / 100,
      size: `${host.cpus} ${host.cpus === 1 ? 'core' : 'cores'} · ${formatBytes(host.memTotal)}`,
      cost: costOf(host),
    };
  });

  protected readonly costTitle = computed(() => costWords(this.host()));

  protected removeDemo(): void {
    this.removal.set('asked');
    this.rest.delete(`/hosts/${this.host().key}`).subscribe({ error: () => this.removal.set('failed') });
  }
}

/** The collector and its share of the engine, CPU in percent of one core: "0.6 % · 84 MiB". */
function costOf({ cost }: Host): string {
  if (cost.cpu === null && cost.rss === null) return '';
  const cpu = cost.cpu === null ? null : cost.cpu + (cost.engineCpu ?? 0);
  return cpu === null ? formatBytes(cost.rss) : `${formatPercent(cpu)} · ${formatBytes(cost.rss)}`;
}

/** Whose cost it is, and whose it is not. The engine's processes can't tell who asked them. */
function costWords({ cost }: Host): string {
  const collector = `The collector uses ${formatPercent(cost.cpu)} of one core and ${formatBytes(cost.rss)}`;
  const engine =
    cost.engineCpu === null
      ? 'what the engine spends on answering it is not known'
      : `the engine's own processes use ${formatPercent(cost.engineCpu)}, whoever asks them`;
  return `${collector}; ${engine}. Gateway, brokers and the other services are not counted here.`;
}
