import { Unreadable } from './shape.ts';

const MOST_DEPTH = 32;
const MOST_VALUES = 10_000;

/**
 * Reads what PHP's serialize() wrote: null, booleans, numbers, strings and arrays; objects become their class's name,
 * since nothing of theirs is needed. Format: https://www.php.net/manual/en/function.serialize.php. Throws Unreadable.
 */
export function readPhp(bytes: Buffer): unknown {
  return new PhpReader(bytes).read();
}

class PhpReader {
  private at = 0;
  private values = 0;

  constructor(private readonly bytes: Buffer) {}

  read(depth = 0): unknown {
    this.values += 1;
    if (depth > MOST_DEPTH || this.values > MOST_VALUES) throw new Unreadable('PHP data too deep or too large');
    const kind = String.fromCharCode(this.bytes[this.at] ?? 0);
    this.at += 2;
    switch (kind) {
      case 'N':
        return null;
      case 'b':
        return this.upTo(';') === '1';
      case 'i':
      case 'd':
        return this.number(';');
      case 's':
        return this.string();
      case 'a':
        return this.array(depth);
      case 'O':
        return this.object(depth);
      default:
        throw new Unreadable('not PHP data');
    }
  }

  private upTo(mark: string): string {
    const end = this.bytes.indexOf(mark, this.at);
    if (end < 0) throw new Unreadable('PHP data cut off');
    const text = this.bytes.toString('latin1', this.at, end);
    this.at = end + 1;
    return text;
  }

  private number(mark: string): number {
    const value = Number(this.upTo(mark));
    if (!Number.isFinite(value)) throw new Unreadable('not a number in PHP data');
    return value;
  }

  private quoted(length: number): string {
    const text = this.bytes.toString('utf8', this.at + 1, this.at + 1 + length);
    this.at += length + 2;
    if (this.at > this.bytes.length || this.bytes[this.at - 1] !== 0x22) throw new Unreadable('PHP data cut off');
    return text;
  }

  private string(): string {
    const text = this.quoted(this.number(':'));
    this.at += 1;
    return text;
  }

  private array(depth: number): Record<string, unknown> {
    const count = this.number(':');
    this.at += 1;
    const entries: [string, unknown][] = [];
    for (let read = 0; read < count; read += 1) entries.push([String(this.read(depth + 1)), this.read(depth + 1)]);
    this.at += 1;
    // fromEntries defines own properties: a key `__proto__` is one of them and nothing more.
    return Object.fromEntries(entries);
  }

  private object(depth: number): string {
    const name = this.quoted(this.number(':'));
    this.at += 1;
    this.array(depth);
    return name;
  }
}
