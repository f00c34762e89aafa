/** A line that is longer is none that an engine sends. */
const LONGEST_LINE = 1024 * 1024;
const NEWLINE = 10;

/** Cuts a stream of bytes into JSON lines. Memory is bounded by the longest line; what is no JSON is told. */
export class JsonLines {
  private pieces: Buffer[] = [];
  private length = 0;
  private tooLong = false;

  constructor(
    private readonly onValue: (value: unknown) => void,
    private readonly onFault: (fault: string) => void,
    private readonly longest = LONGEST_LINE,
  ) {}

  push(chunk: Buffer): void {
    let from = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, from)) {
      this.keep(chunk.subarray(from, end));
      this.endLine();
      from = end + 1;
    }
    if (from < chunk.length) this.keep(chunk.subarray(from));
  }

  private keep(piece: Buffer): void {
    this.length += piece.length;
    if (this.length > this.longest) {
      this.tooLong = true;
      this.pieces = [];
    } else {
      this.pieces.push(piece);
    }
  }

  private endLine(): void {
    const { pieces, tooLong } = this;
    this.pieces = [];
    this.length = 0;
    this.tooLong = false;
    if (tooLong) return this.onFault('a line is too long');
    const text = (pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces)).toString('utf8').trim();
    if (text === '') return;
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      return this.onFault('a line is no JSON');
    }
    this.onValue(value);
  }
}
