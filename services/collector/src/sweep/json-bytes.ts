const ZERO = 48;
const DOT = 46;
const NULL = Buffer.from('null');
const SMALL = 2 ** 31;
const LARGEST = Number.MAX_SAFE_INTEGER;

/**
 * Writes JSON into bytes: no strings are made and none encoded, which is what writing a sweep would cost most. What is
 * written stays as it is; a text that outgrows its buffer goes on in a larger one.
 */
export class JsonBytes {
  private bytes: Buffer;
  private end = 0;

  constructor(size: number) {
    this.bytes = Buffer.allocUnsafeSlow(size);
  }

  /** How many bytes were written so far. */
  get length(): number {
    return this.end;
  }

  /** What was written from `start` on. */
  from(start: number): Uint8Array {
    return this.bytes.subarray(start, this.end);
  }

  raw(piece: Uint8Array): void {
    this.room(piece.length);
    this.bytes.set(piece, this.end);
    this.end += piece.length;
  }

  byte(value: number): void {
    this.room(1);
    this.bytes[this.end] = value;
    this.end += 1;
  }

  /** The nearest whole number, not negative; `null` for what is unknown or beyond all bounds. */
  whole(value: number): void {
    const rounded = Math.round(value);
    if (rounded >= 0 && rounded <= LARGEST) this.digits(rounded);
    else this.raw(NULL);
  }

  /** Two decimals at most. */
  hundredths(value: number): void {
    const rounded = Math.round(value * 100);
    if (!(rounded >= 0 && rounded <= LARGEST)) return this.raw(NULL);
    const cents = rounded % 100;
    this.digits((rounded - cents) / 100);
    if (cents === 0) return;
    this.byte(DOT);
    this.byte(ZERO + Math.floor(cents / 10));
    if (cents % 10 !== 0) this.byte(ZERO + (cents % 10));
  }

  private digits(value: number): void {
    this.room(16);
    let count = 1;
    for (let bound = 10; value >= bound; bound *= 10) count += 1;
    const { bytes } = this;
    let at = this.end + count;
    this.end = at;
    let rest = value;
    while (rest >= SMALL) {
      const next = Math.floor(rest / 10);
      bytes[(at -= 1)] = ZERO + (rest - next * 10);
      rest = next;
    }
    let small = rest | 0; // whole numbers of 31 bits divide faster
    while (at > this.end - count) {
      const next = (small / 10) | 0;
      bytes[(at -= 1)] = ZERO + (small - next * 10);
      small = next;
    }
  }

  private room(wanted: number): void {
    if (this.end + wanted <= this.bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(2 * this.bytes.length, this.end + wanted));
    larger.set(this.bytes.subarray(0, this.end));
    this.bytes = larger;
  }
}
