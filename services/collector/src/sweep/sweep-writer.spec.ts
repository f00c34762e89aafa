import { ContainerSample, isStatsSweep, sampleOf, StatsSweep } from '@deckwatch/contracts';
import fc from 'fast-check';
import type { Figures } from '../rates/counters.ts';
import { ContainerTag } from './container-tag.ts';
import { SweepWriter } from './sweep-writer.ts';

const FIGURES: Figures = { cpu: 12.3456, mem: 1000.4, memLimit: NaN, rx: 0, tx: 7.6, rd: NaN, wr: NaN, pids: 3 };
const ID = '0123456789ab';

const parsed = (json: Uint8Array): unknown => JSON.parse(Buffer.from(json).toString());

function write(rows: [name: string, figures: Figures][]) {
  const singles: [subject: string, sample: ContainerSample][] = [];
  const writer = new SweepWriter(
    'box',
    (subject, json) => singles.push([subject, ContainerSample.parse(parsed(json))]) > 0,
  );
  writer.begin(1_700_000_000_000, 1000);
  for (const [name, figures] of rows) writer.add(new ContainerTag('box', ID, name), figures);
  const sweep = StatsSweep.parse(parsed(writer.end()));
  return { sweep, singles };
}

describe('the writer of sweeps', () => {
  it('writes CPU with two decimals, all else whole, and what is unknown as null', () => {
    const { sweep, singles } = write([['web', FIGURES]]);
    expect(sweep).toEqual({
      v: 1,
      t: 1_700_000_000_000,
      host: 'box',
      intervalMs: 1000,
      cols: ['cpu', 'mem', 'memLimit', 'rx', 'tx', 'rd', 'wr', 'pids'],
      rows: [[ID, 12.35, 1000, null, 0, 8, null, null, 3]],
    });
    expect(singles).toEqual([
      [
        `deckwatch.stats.box.${ID}`,
        {
          v: 1,
          t: 1_700_000_000_000,
          host: 'box',
          id: ID,
          name: 'web',
          cpu: 12.35,
          mem: 1000,
          memLimit: null,
          rx: 0,
          tx: 8,
          rd: null,
          wr: null,
          pids: 3,
        },
      ],
    ]);
  });

  it('writes a sweep without rows', () => {
    expect(write([]).sweep.rows).toEqual([]);
  });

  it('begins each sweep anew', () => {
    const writer = new SweepWriter('box', undefined);
    for (let sweep = 0; sweep < 2; sweep += 1) {
      writer.begin(sweep, 1000);
      writer.add(new ContainerTag('box', ID, 'web'), FIGURES);
      expect((parsed(writer.end()) as StatsSweep).rows).toHaveLength(1);
    }
  });

  it('writes what the contract reads, whatever the figures and names', () => {
    const figure = fc.oneof(fc.double(), fc.double({ min: 0, max: 1e12 }), fc.constant(NaN), fc.constant(Infinity));
    const figures = fc.record({
      cpu: figure,
      mem: figure,
      memLimit: figure,
      rx: figure,
      tx: figure,
      rd: figure,
      wr: figure,
      pids: figure,
    });
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.string({ unit: 'binary' }), figures), { maxLength: 5 }), (rows) => {
        const { sweep, singles } = write(rows);
        expect(isStatsSweep(sweep)).toBe(true);
        expect(singles.map(([, { name }]) => name)).toEqual(rows.map(([name]) => name));
        singles.forEach(([, sample], index) => expect(sample).toMatchObject(sampleOf(sweep.rows[index]!)));
      }),
      { seed: 11, numRuns: 300 },
    );
  });
});
