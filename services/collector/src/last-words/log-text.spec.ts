import { linesOf } from './log-text.ts';

/** A frame as the engine writes it. */
function frame(stream: number, text: string): Buffer {
  const body = Buffer.from(text);
  const head = Buffer.alloc(8);
  head[0] = stream;
  head.writeUInt32BE(body.length, 4);
  return Buffer.concat([head, body]);
}

describe('the last lines of a log', () => {
  it('are taken out of frames of both streams, in order', () => {
    const answer = Buffer.concat([frame(1, 'one\n'), frame(2, 'two\nthree'), frame(1, ' goes on\n')]);
    expect(linesOf(answer, 40)).toEqual(['one', 'two', 'three goes on']);
  });

  it('are taken as they are from a terminal, without its colours', () => {
    expect(linesOf(Buffer.from('\u001b[31mred\u001b[0m\r\nplain\u0007\r\n'), 40)).toEqual(['red', 'plain']);
  });

  it('are the last, no more than asked for, and short', () => {
    const answer = frame(1, Array.from({ length: 100 }, (_, n) => `line ${n}`).join('\n'));
    expect(linesOf(answer, 3)).toEqual(['line 97', 'line 98', 'line 99']);
    expect(linesOf(answer, 1000)).toHaveLength(40);
    expect(linesOf(frame(1, 'x'.repeat(100_000)), 1)[0]).toHaveLength(500);
  });

  it('show no secret', () => {
    const [line] = linesOf(frame(2, 'login failed, password=hunter2 at postgres://me:hunter3@db/x'), 1);
    expect(line).toBe('login failed, password=*** at postgres://me:***@db/x');
  });

  it('are none of an empty log, and survive a frame that is cut off', () => {
    expect(linesOf(Buffer.alloc(0), 40)).toEqual([]);
    expect(linesOf(frame(1, 'whole line\nhalf a').subarray(0, 22), 40)).toEqual(['whole line', 'hal']);
  });
});
