import fc from 'fast-check';
import { framed } from './frame.ts';

/** Reads unmasked text frames, as RFC 6455 has them. */
function unframed(bytes: Buffer): string[] {
  const texts: string[] = [];
  for (let at = 0; at < bytes.length;) {
    expect(bytes[at]).toBe(0x81);
    const short = bytes[at + 1]!;
    const head = short < 126 ? 2 : short === 126 ? 4 : 10;
    const size =
      short < 126 ? short : short === 126 ? bytes.readUInt16BE(at + 2) : Number(bytes.readBigUInt64BE(at + 2));
    texts.push(bytes.toString('utf8', at + head, at + head + size));
    at += head + size;
  }
  return texts;
}

describe('framed', () => {
  it.each([0, 1, 125, 126, 127, 65_535, 65_536, 200_000])('writes a text of %i bytes with the right header', (size) => {
    expect(unframed(framed(['x'.repeat(size)]))).toEqual(['x'.repeat(size)]);
  });

  it('writes several texts of any characters one after another', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme', maxLength: 300 })), (texts) => {
        expect(unframed(framed(texts))).toEqual(texts);
      }),
      { seed: 1 },
    );
  });
});
