/** Where a query's letters were found, and how well. */
export interface Match {
  score: number;
  /** Places of the matched letters. */
  at: number[];
}

const WORD_START = 8;
const IN_A_ROW = 5;
const FIRST = 4;

/**
 * Finds the letters of a query in a text, in order but not side by side; beginnings of words and letters in a row count
 * more, long texts less. undefined: not all of them are there.
 */
export function fuzzyMatch(query: string, text: string): Match | undefined {
  const letters = query.toLowerCase().replace(/\s+/g, '');
  const lower = text.toLowerCase();
  const at: number[] = [];
  let score = 0;
  let from = 0;
  for (const letter of letters) {
    const place = placeOf(letter, lower, text, from, at.at(-1));
    if (place < 0) return undefined;
    if (place === 0) score += FIRST;
    if (isWordStart(text, place)) score += WORD_START;
    if (at.at(-1) === place - 1) score += IN_A_ROW;
    at.push(place);
    from = place + 1;
  }
  return { score: score - text.length / 50, at };
}

/** The next letter in a row, else the next beginning of a word, else the next there is. */
function placeOf(letter: string, lower: string, text: string, from: number, last?: number): number {
  if (last !== undefined && lower[last + 1] === letter) return last + 1;
  for (let place = lower.indexOf(letter, from); place >= 0; place = lower.indexOf(letter, place + 1)) {
    if (isWordStart(text, place)) return place;
  }
  return lower.indexOf(letter, from);
}

function isWordStart(text: string, place: number): boolean {
  return place === 0 || /[\s\-_./:]/.test(text[place - 1] ?? '');
}

/** The best of many, best first. */
export function bestOf<T>(
  query: string,
  items: readonly T[],
  textOf: (item: T) => string,
  most: number,
): { item: T; match: Match }[] {
  // prettier-ignore
  const found: { item: T; match: Match }[] = [];
  for (const item of items) {
    const match = fuzzyMatch(query, textOf(item));
    if (match) found.push({ item, match });
  }
  return found.sort((a, b) => b.match.score - a.match.score).slice(0, most);
}
