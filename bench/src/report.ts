import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';

export type Figures = Record<string, string | number>;

/** The value at a share of sorted values: percentile(v, 0.99). */
export function percentile(values: number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** Prints a table and writes the same with the machine to bench/results/<name>.json. */
export function report(name: string, settings: Figures, figures: Figures): void {
  const width = Math.max(...Object.keys(figures).map((key) => key.length));
  const line = (key: string, value: string | number) => `  ${key.padEnd(width)}  ${value}`;
  const inputs = Object.entries(settings).map(([key, value]) => `${key} ${value}`).join(', '); // prettier-ignore
  process.stdout.write(`\n${name}: ${inputs}\n${Object.entries(figures).map(([key, value]) => line(key, value)).join('\n')}\n`); // prettier-ignore
  const machine = {
    cpu: cpus()[0]?.model ?? '',
    cores: cpus().length,
    memory: totalmem(),
    kernel: release(),
    node: process.version,
  };
  mkdirSync('bench/results', { recursive: true });
  writeFileSync(
    `bench/results/${name}.json`,
    `${JSON.stringify({ name, t: Date.now(), machine, settings, figures }, null, 2)}\n`,
  );
}

export const round = (value: number, digits = 3): number => Number(value.toFixed(digits));
