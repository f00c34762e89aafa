import type { AlertRule, StatsSweep } from '@deckwatch/contracts';
import { systemClock } from '@deckwatch/service-kit';
import { aContainerEvent, aRule, aStatsRow, aStatsSweep, containerIdOf } from '@deckwatch/testing';
import { Evaluator } from '../../../services/alerts/src/evaluation/evaluator.ts';

const HOSTS = 10;
const METRICS = ['cpu', 'mem', 'memPercent', 'rx', 'tx', 'pids'] as const;

export interface Shape {
  containers: number;
  rules: number;
  /** Each container is watched by so many of the rules. */
  watchedBy: number;
  /** Rules on a change instead of a level. */
  changes?: boolean;
}

/** An evaluator with its rules and inventory, and the sweeps of its hosts as they come from the bus. */
export class ManySeries {
  readonly evaluator: Evaluator;
  /** Messages of alerts that followed. */
  said = 0;
  private t = Date.now();

  constructor(private readonly shape: Shape) {
    this.evaluator = new Evaluator({ clock: systemClock, announce: () => void (this.said += 1) });
    this.evaluator.activate([]);
  }

  /** The containers come first, then the rules, as when a service starts. */
  fill(): void {
    this.containers();
    this.rules();
  }

  containers(): void {
    for (let number = 0; number < this.shape.containers; number += 1) this.evaluator.container(this.container(number));
  }

  rules(): void {
    for (let number = 0; number < this.shape.rules; number += 1) this.evaluator.setRule(this.rule(number));
  }

  container(number: number, image = 'shop/web:1') {
    const project = `project-${number % this.groups}`;
    return aContainerEvent({ host: hostOf(number), id: containerIdOf(number + 1), name: `web-${number}`, image, project, service: `service-${number % 1000}` }); // prettier-ignore
  }

  /** One message for each host; `cpu` of all containers, percent. */
  messages(cpu = 20): string[] {
    this.t += 1000;
    const { containers } = this.shape;
    return Array.from({ length: HOSTS }, (_, host) => {
      const rows = [];
      for (let number = host; number < containers; number += HOSTS)
        rows.push(aStatsRow(containerIdOf(number + 1), { cpu: cpu + (number % 10) + 0.25, mem: 50_000_000 + number }));
      return JSON.stringify(aStatsSweep({ host: hostOf(host), t: this.t, intervalMs: 1000, rows: rows as never }));
    });
  }

  take(sweep: StatsSweep): void {
    this.evaluator.sweep(sweep);
  }

  private get groups(): number {
    return Math.max(1, Math.round(this.shape.rules / this.shape.watchedBy));
  }

  private rule(number: number): AlertRule {
    const metric = METRICS[number % METRICS.length]!;
    const value = metric === 'cpu' ? 90 : 1e12;
    const select = this.groups === 1 ? {} : { project: `project-${number % this.groups}` };
    const condition = this.shape.changes
      ? ({ metric, change: 'drop', percent: 99, withinMs: 60_000 } as const)
      : ({ metric, op: '>', value } as const);
    return aRule({ id: `rule-${number}`, target: 'container', select, condition, forMs: 30_000 });
  }
}

const hostOf = (number: number): string => `bench-${number % HOSTS}`;
