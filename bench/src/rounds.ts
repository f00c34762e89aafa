import { percentile, round, type Figures } from './report.ts';

/** Figures of several rounds, each told as their median with the least and the most. */
export class Rounds {
  private readonly seen = new Map<string, Map<string, number[]>>();

  /** @param name what was measured, `ws, 100 clients` */
  note(name: string, figures: Figures): void {
    const known = this.seen.get(name) ?? new Map<string, number[]>();
    this.seen.set(name, known);
    for (const [what, value] of Object.entries(figures)) known.set(what, [...(known.get(what) ?? []), Number(value)]);
  }

  /** @param order the names as they shall stand; default: as they came */
  figures(order: readonly string[] = [...this.seen.keys()]): Figures {
    return Object.fromEntries(
      order.flatMap((name) => [...(this.seen.get(name) ?? [])].map(([what, values]) => [`${name}: ${what}`, spread(values)])), // prettier-ignore
    );
  }
}

/** All of them, each turn beginning with another, so that what slows the machine down is shared. */
export function rotated<T>(all: readonly T[], turn: number): T[] {
  const at = turn % all.length;
  return [...all.slice(at), ...all.slice(0, at)];
}

/** The median with the least and the most: `3.1 (2.9 to 3.4)`. */
export function spread(values: readonly number[]): string {
  const [median, least, most] = [percentile([...values], 0.5), Math.min(...values), Math.max(...values)].map(short);
  return values.length < 2 ? median! : `${median} (${least} to ${most})`;
}

/** Three digits that tell something: 0.0123, 1.23, 12.3, 1234. */
function short(value: number): string {
  const digits = value === 0 ? 0 : Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  return String(round(value, Math.min(digits, 6)));
}
