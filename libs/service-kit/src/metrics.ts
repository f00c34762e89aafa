import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Usage } from './usage.ts';
import { VERSION } from './version.ts';

/** Prometheus metrics of a service. Names begin with `deckwatch_`; what is read on demand costs nothing between. */
export class Metrics {
  readonly registry = new Registry();

  constructor(service: string, usage: Usage) {
    this.registry.setDefaultLabels({ service });
    this.gauge('deckwatch_build_info', 'Always 1; the label says the version', undefined, ['version']).set({ version: VERSION }, 1); // prettier-ignore
    this.gauge('deckwatch_process_resident_bytes', 'Resident memory in bytes', () => usage.rss());
    this.gauge('deckwatch_process_cpu_seconds', 'User and system CPU time in seconds', () => usage.cpuSeconds());
    this.gauge('deckwatch_process_heap_used_bytes', 'Heap in use in bytes', () => process.memoryUsage().heapUsed);
  }

  counter<L extends string = string>(name: string, help: string, labelNames: L[] = []): Counter<L> {
    return new Counter({ name, help, labelNames, registers: [this.registry] });
  }

  /** With `read`, the value is asked for when the metrics are. */
  gauge<L extends string = string>(name: string, help: string, read?: () => number, labelNames: L[] = []): Gauge<L> {
    const collect = read && { collect(this: Gauge<L>): void { this.set(read()); } }; // prettier-ignore
    return new Gauge({ name, help, labelNames, registers: [this.registry], ...collect });
  }

  histogram<L extends string = string>(
    name: string,
    help: string,
    buckets: number[],
    labelNames: L[] = [],
  ): Histogram<L> {
    return new Histogram({ name, help, buckets, labelNames, registers: [this.registry] });
  }
}
