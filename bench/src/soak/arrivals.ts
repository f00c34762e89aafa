import { chance } from '../fleet/chance.ts';

/**
 * What one day of a small company's Deckwatch sees: two hundred containers of which each is deployed, ends badly or has
 * its health changed twice, five thousand sessions, two hundred visits of its people to the console, two thousand pages
 * of REST. Alerts and notices follow from these.
 */
export const NORMAL_DAY = { stories: 400, sessions: 5000, visits: 200, pages: 2000 } as const;
export type Kind = keyof typeof NORMAL_DAY;
const DAY_S = 86_400;

/** How many of it come in a second. */
export function perSecond(kind: Kind, rate: number): number {
  return (NORMAL_DAY[kind] * rate) / DAY_S;
}

/** Does it again and again, at chance moments of a steady rate. */
export class Arrivals {
  private timer: NodeJS.Timeout | undefined;
  private count = 0;

  /** @param salt makes the moments of one kind other than those of another with the same seed */
  constructor(
    private readonly rate: number,
    private readonly seed: number,
    private readonly salt: number,
    private readonly work: (number: number) => Promise<void>,
    private readonly onFault: (error: unknown) => void,
  ) {
    this.next();
  }

  stop(): void {
    clearTimeout(this.timer);
  }

  private next(): void {
    const number = (this.count += 1);
    const waitMs = (-1000 * Math.log(1 - chance(this.seed, number, this.salt))) / this.rate;
    this.timer = setTimeout(() => {
      this.next();
      this.work(number).catch(this.onFault);
    }, waitMs);
  }
}
