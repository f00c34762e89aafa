export interface Contender {
  key: string;
  /** Not negative. */
  figure: number;
}

/** So many times the figure of another takes its place: less than that is a figure's usual trembling. */
const CLEARLY = 1.15;

/**
 * The `count` with the greatest figures, greatest first. Whoever stood there before keeps the place against those who
 * are not clearly greater, so that a list that is looked at changes only where something did.
 * @param before the keys that stood there, in their order
 */
export function standing<T extends Contender>(contenders: readonly T[], before: readonly string[], count: number): T[] {
  const placeOf = new Map(before.map((key, place) => [key, place]));
  const weight = ({ key, figure }: T): number => (placeOf.has(key) ? figure * CLEARLY : figure);
  const chosen = [...contenders].sort((a, b) => weight(b) - weight(a) || a.key.localeCompare(b.key)).slice(0, count);
  const place = ({ key }: T): number => placeOf.get(key) ?? count;
  chosen.sort((a, b) => place(a) - place(b) || b.figure - a.figure || a.key.localeCompare(b.key));
  const standing: T[] = [];
  for (const contender of chosen) {
    let at = standing.length;
    while (at > 0 && contender.figure > standing[at - 1]!.figure * CLEARLY) at -= 1;
    standing.splice(at, 0, contender);
  }
  return standing;
}
