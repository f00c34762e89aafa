/**
 * Reads figures straight from the bytes of cgroup and /proc files: no strings, no allocation. Every function takes the
 * buffer and how many of its bytes count, and returns NaN where the text is not what it expects.
 */
const NEWLINE = 10;
const SPACE = 32;
const ZERO = 48;

/** The whole number at `at`, or NaN. */
export function numberAt(bytes: Uint8Array, at: number, end: number): number {
  let value = 0;
  let position = at;
  while (position < end) {
    const digit = bytes[position]! - ZERO;
    if (digit < 0 || digit > 9) break;
    value = value * 10 + digit;
    position += 1;
  }
  return position === at ? NaN : value;
}

/** A file that holds one number; `max` and all else is NaN. */
export function singleNumber(bytes: Uint8Array, end: number): number {
  return numberAt(bytes, 0, end);
}

function startsWith(bytes: Uint8Array, at: number, end: number, word: Uint8Array): boolean {
  if (at + word.length > end) return false;
  for (let index = 0; index < word.length; index += 1) {
    if (bytes[at + index] !== word[index]) return false;
  }
  return true;
}

/** The place after the next newline, or `end`. */
function nextLine(bytes: Uint8Array, at: number, end: number): number {
  let position = at;
  while (position < end && bytes[position] !== NEWLINE) position += 1;
  return position < end ? position + 1 : end;
}

/**
 * A field of a file of lines `key value`. The key stands in nearly the same place each time, so the place where it was
 * found last is tried first.
 */
export class Field {
  private readonly key: Uint8Array;
  private hint = 0;

  constructor(name: string) {
    this.key = new TextEncoder().encode(`${name} `);
  }

  read(bytes: Uint8Array, end: number): number {
    const hint = this.hint;
    const standsThere = hint === 0 || (hint < end && bytes[hint - 1] === NEWLINE);
    if (standsThere && startsWith(bytes, hint, end, this.key)) return numberAt(bytes, hint + this.key.length, end);
    for (let line = 0; line < end; line = nextLine(bytes, line, end)) {
      if (!startsWith(bytes, line, end, this.key)) continue;
      this.hint = line;
      return numberAt(bytes, line + this.key.length, end);
    }
    return NaN;
  }
}

/** Two sums read from one file. */
export interface Pair {
  first: number;
  second: number;
}

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const READ = encode('Read ');
const WRITE = encode('Write ');
const RBYTES = encode('rbytes=');
const WBYTES = encode('wbytes=');
const LOOPBACK = encode('lo:');

/** cgroup v1 `blkio.*.io_service_bytes`: lines `major:minor Read|Write|… bytes`, summed over the devices. */
export function blkioBytes(bytes: Uint8Array, end: number, into: Pair): void {
  into.first = into.second = 0;
  for (let line = 0; line < end; line = nextLine(bytes, line, end)) {
    const word = afterSpace(bytes, line, end);
    if (startsWith(bytes, word, end, READ)) into.first += orZero(numberAt(bytes, word + READ.length, end));
    else if (startsWith(bytes, word, end, WRITE)) into.second += orZero(numberAt(bytes, word + WRITE.length, end));
  }
}

/** cgroup v2 `io.stat`: lines `major:minor rbytes=… wbytes=… …`, summed over the devices; a line may be bare. */
export function ioStatBytes(bytes: Uint8Array, end: number, into: Pair): void {
  into.first = into.second = 0;
  let position = 0;
  while (position < end) {
    if (startsWith(bytes, position, end, RBYTES)) into.first += orZero(numberAt(bytes, position + RBYTES.length, end));
    else if (startsWith(bytes, position, end, WBYTES))
      into.second += orZero(numberAt(bytes, position + WBYTES.length, end));
    while (position < end && bytes[position] !== SPACE && bytes[position] !== NEWLINE) position += 1;
    position += 1;
  }
}

const COLUMNS_TO_SENT = 8;

/** `/proc/<pid>/net/dev`: bytes received (first column) and sent (ninth) of all interfaces but `lo`. */
export function netDevBytes(bytes: Uint8Array, end: number, into: Pair): void {
  into.first = into.second = 0;
  let line = nextLine(bytes, nextLine(bytes, 0, end), end); // two lines of headings
  while (line < end) {
    const next = nextLine(bytes, line, end);
    const name = skipSpaces(bytes, line, next);
    if (!startsWith(bytes, name, next, LOOPBACK)) addInterface(bytes, name, next, into);
    line = next;
  }
}

function addInterface(bytes: Uint8Array, name: number, end: number, into: Pair): void {
  let position = name;
  while (position < end && bytes[position] !== 58 /* : */) position += 1;
  position = skipSpaces(bytes, position + 1, end);
  const received = numberAt(bytes, position, end);
  for (let column = 0; column < COLUMNS_TO_SENT; column += 1) {
    while (position < end && bytes[position] !== SPACE) position += 1;
    position = skipSpaces(bytes, position, end);
  }
  const sent = numberAt(bytes, position, end);
  if (Number.isNaN(received) || Number.isNaN(sent)) return;
  into.first += received;
  into.second += sent;
}

function skipSpaces(bytes: Uint8Array, at: number, end: number): number {
  let position = at;
  while (position < end && bytes[position] === SPACE) position += 1;
  return position;
}

/** The place after the line's first space, or the line's end. */
function afterSpace(bytes: Uint8Array, line: number, end: number): number {
  let position = line;
  while (position < end && bytes[position] !== SPACE && bytes[position] !== NEWLINE) position += 1;
  return bytes[position] === SPACE ? position + 1 : position;
}

function orZero(value: number): number {
  return Number.isNaN(value) ? 0 : value;
}
