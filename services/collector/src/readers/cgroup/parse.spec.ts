import fc from 'fast-check';
import { blkioBytes, Field, ioStatBytes, netDevBytes, singleNumber, type Pair } from './parse.ts';

const bytes = (text: string): [Buffer, number] => [Buffer.from(text), Buffer.byteLength(text)];

function pairOf(parse: (bytes: Uint8Array, end: number, into: Pair) => void, text: string): [number, number] {
  const pair = { first: -1, second: -1 };
  parse(...bytes(text), pair);
  return [pair.first, pair.second];
}

const V1_MEMORY = `cache 4055040
rss 57344
inactive_file 11
hierarchical_memory_limit 67108864
total_cache 4055040
total_inactive_anon 53248
total_active_anon 4096
total_inactive_file 2027520
total_active_file 0
total_unevictable 0
`;

describe('a file of one number', () => {
  it.each([
    ['9107073771\n', 9107073771],
    ['0\n', 0],
    ['9223372036854771712\n', 9223372036854771712],
    ['42', 42],
    ['max\n', NaN],
    ['', NaN],
    ['-1\n', NaN],
  ])('%j is %d', (text, value) => {
    expect(singleNumber(...bytes(text))).toBe(value);
  });

  it('sees no bytes beyond those that were read', () => {
    expect(singleNumber(Buffer.from('123456'), 3)).toBe(123);
  });
});

describe('a field of a file of keys and values', () => {
  it('is found by its whole key alone', () => {
    expect(new Field('inactive_file').read(...bytes(V1_MEMORY))).toBe(11);
    expect(new Field('total_inactive_file').read(...bytes(V1_MEMORY))).toBe(2027520);
  });

  it('is found again when the lines before it have grown', () => {
    const field = new Field('total_inactive_file');
    field.read(...bytes(V1_MEMORY));
    expect(field.read(...bytes(V1_MEMORY.replace('rss 57344', 'rss 5734400000').replace('2027520', '7')))).toBe(7);
    expect(field.read(...bytes(V1_MEMORY))).toBe(2027520);
  });

  it('is unknown where it is missing, or not a number', () => {
    expect(new Field('usage_usec').read(...bytes(V1_MEMORY))).toBeNaN();
    expect(new Field('rss').read(...bytes('rss x\n'))).toBeNaN();
    expect(new Field('rss').read(...bytes(''))).toBeNaN();
  });

  it('is read the same with and without a hint, in any text', () => {
    const line = fc
      .tuple(fc.constantFrom('a', 'ab', 'usage_usec', 'x_usage_usec'), fc.nat())
      .map(([key, value]) => `${key} ${value}\n`);
    const text = fc.array(line, { maxLength: 12 }).map((lines) => lines.join(''));
    fc.assert(
      fc.property(text, text, (first, second) => {
        const hinted = new Field('usage_usec');
        hinted.read(...bytes(first));
        expect(hinted.read(...bytes(second))).toBe(new Field('usage_usec').read(...bytes(second)));
      }),
      { seed: 2, numRuns: 500 },
    );
  });
});

describe('blkio.throttle.io_service_bytes (cgroup v1)', () => {
  it('sums reads and writes over the devices', () => {
    const text =
      '254:0 Read 1000\n254:0 Write 20\n254:0 Sync 5\n254:0 Async 1015\n254:0 Discard 0\n254:0 Total 1020\n8:16 Read 1\n8:16 Write 2\nTotal 1023\n';
    expect(pairOf(blkioBytes, text)).toEqual([1001, 22]);
  });

  it('is nothing where no device was used', () => {
    expect(pairOf(blkioBytes, 'Total 0\n')).toEqual([0, 0]);
    expect(pairOf(blkioBytes, '')).toEqual([0, 0]);
  });
});

describe('io.stat (cgroup v2)', () => {
  it('sums over the devices, with lines that are bare or say more', () => {
    const text =
      '8:16 rbytes=1459200 wbytes=314773504 rios=192 wios=353 dbytes=0 dios=0\n7:7 \n253:0 rbytes=1 wbytes=2 rios=1 wios=1 dbytes=0 dios=0 cost.usage=44\n';
    expect(pairOf(ioStatBytes, text)).toEqual([1459201, 314773506]);
  });
});

describe('/proc/<pid>/net/dev', () => {
  const head = `Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
`;

  it('sums all interfaces but lo', () => {
    const text = `${head}    lo:  999999     12    0    0    0     0          0         0   999999      12    0    0    0     0       0          0
  eth0:    1112      12    0    0    0     0          0         0      700       8    0    0    0     0       0          0
  eth1:       5       1    0    0    0     0          0         0        6       1    0    0    0     0       0          0
`;
    expect(pairOf(netDevBytes, text)).toEqual([1117, 706]);
  });

  it('reads counters that stand close to the name, as in old kernels', () => {
    const text = `${head}  eth0:123456789 12 0 0 0 0 0 0 987654321 8 0 0 0 0 0 0\n    lo:5 1 0 0 0 0 0 0 5 1 0 0 0 0 0 0\n`;
    expect(pairOf(netDevBytes, text)).toEqual([123456789, 987654321]);
  });

  it('counts an interface whose name only begins like lo', () => {
    const text = `${head} local0: 7 1 0 0 0 0 0 0 8 1 0 0 0 0 0 0\n`;
    expect(pairOf(netDevBytes, text)).toEqual([7, 8]);
  });

  it('is nothing without interfaces', () => {
    expect(pairOf(netDevBytes, head)).toEqual([0, 0]);
  });
});

describe('any bytes at all', () => {
  it('never throw, never loop, and never make a negative sum', () => {
    const soup = fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      fc
        .array(
          fc.constantFrom(' ', '\n', ':', 'Read ', 'Write ', 'rbytes=', 'wbytes=', 'lo:', 'eth0:', '12', '0', 'x'),
          { maxLength: 60 },
        )
        .map((parts) => Buffer.from(parts.join(''))),
    );
    fc.assert(
      fc.property(soup, (text) => {
        for (const parse of [blkioBytes, ioStatBytes, netDevBytes]) {
          const pair = { first: 0, second: 0 };
          parse(text, text.length, pair);
          expect(pair.first).toBeGreaterThanOrEqual(0);
          expect(pair.second).toBeGreaterThanOrEqual(0);
        }
        const value = new Field('usage_usec').read(text, text.length);
        expect(Number.isNaN(value) || value >= 0).toBe(true);
      }),
      { seed: 3, numRuns: 2000 },
    );
  });
});
