import fc from 'fast-check';
import { JsonLines } from './json-lines.ts';

function read(chunks: Buffer[], longest?: number): { values: unknown[]; faults: string[] } {
  const values: unknown[] = [];
  const faults: string[] = [];
  const lines = new JsonLines(
    (value) => values.push(value),
    (fault) => faults.push(fault),
    longest,
  );
  for (const chunk of chunks) lines.push(chunk);
  return { values, faults };
}

describe('a stream of JSON lines', () => {
  it('is the same however it is cut', () => {
    const text = Buffer.from('{"a":"ä\\n€"}\n[1,2]\n\n{"b":null}\n');
    fc.assert(
      fc.property(fc.array(fc.nat(text.length), { maxLength: 8 }), (cuts) => {
        const at = [0, ...cuts.sort((a, b) => a - b), text.length];
        const chunks = at.slice(1).map((end, index) => text.subarray(at[index]!, end));
        expect(read(chunks)).toEqual({ values: [{ a: 'ä\n€' }, [1, 2], { b: null }], faults: [] });
      }),
      { seed: 5 },
    );
  });

  it('keeps a half line until its newline comes', () => {
    expect(read([Buffer.from('{"a":1}')]).values).toEqual([]);
  });

  it('goes on after a line that is no JSON', () => {
    expect(read([Buffer.from('<html>\n{"a":1}\n')])).toEqual({ values: [{ a: 1 }], faults: ['a line is no JSON'] });
  });

  it('drops a line that is too long, whole, and goes on', () => {
    const long = Buffer.from(`"${'x'.repeat(100)}"`);
    expect(read([long, long, Buffer.from('\n1\n')], 50)).toEqual({ values: [1], faults: ['a line is too long'] });
  });
});
