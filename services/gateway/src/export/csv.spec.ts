import { PassThrough } from 'node:stream';
import type { Response } from 'express';
import { csvLine, sendCsv, type Cell } from './csv.ts';

describe('a line of CSV', () => {
  it.each<[string, Cell[], string]>([
    ['plain', ['a', 1, true, null], 'a,1,true,'],
    ['with commas, quotes and line breaks', ['a,b', 'say "x"', 'a\nb'], '"a,b","say ""x""","a\nb"'],
    ['that a spreadsheet would run', ['=1+1', '+a', '-a', '@a', '\ta', '＝1'], `'=1+1,'+a,'-a,'@a,"'\ta",'＝1`],
    ['that is cut at semicolons', ['a;=1+1'], '"a;=1+1"'],
    ['with a number below zero', [-1.5], '-1.5'],
    ['that would run and needs quotes', ['=HYPERLINK("x","y")'], `"'=HYPERLINK(""x"",""y"")"`],
  ])('%s', (_, cells, text) => {
    expect(csvLine(cells)).toBe(`${text}\r\n`);
  });
});

/** The part of an answer that is used, as a stream that holds little. */
class Answer extends PassThrough {
  headersSent = false;
  constructor() {
    super({ highWaterMark: 1024 });
  }
  set(): this {
    return this;
  }
  override write(...args: never[]): boolean {
    this.headersSent = true;
    return super.write(...(args as [never]));
  }
}

describe('sending CSV', () => {
  async function* endless(counted: { lines: number }): AsyncGenerator<Cell[]> {
    for (;;) {
      counted.lines += 1;
      yield ['x'.repeat(100), counted.lines];
    }
  }
  const turn = () => new Promise((resolve) => setImmediate(resolve));

  it('asks for no more than the client reads, and for nothing when it has gone', async () => {
    const counted = { lines: 0 };
    const answer = new Answer();
    const sending = sendCsv(answer as unknown as Response, 'x.csv', ['a', 'b'], endless(counted));
    for (let n = 0; n < 2000; n += 1) await Promise.resolve();
    await turn();
    const before = counted.lines;
    expect(before).toBeLessThan(1000);
    for (let n = 0; n < 200; n += 1) await turn();
    expect(counted.lines).toBe(before);
    answer.destroy();
    await sending;
    expect(counted.lines).toBeLessThanOrEqual(before + 1);
  });

  it('breaks off when something fails midway, and fails as a whole before that', async () => {
    async function* failing(after: number): AsyncGenerator<Cell[]> {
      for (let n = 0; n < after; n += 1) yield ['x'.repeat(1000)];
      throw new Error('the history is away');
    }
    const answer = new Answer();
    answer.resume();
    const broken = new Promise((resolve) => answer.on('error', resolve));
    await sendCsv(answer as unknown as Response, 'x.csv', ['a'], failing(100));
    expect(await broken).toMatchObject({ message: 'the history is away' });
    await expect(sendCsv(new Answer() as unknown as Response, 'x.csv', ['a'], failing(0))).rejects.toThrow('away');
  });
});
