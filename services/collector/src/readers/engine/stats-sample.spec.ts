import fc from 'fast-check';
import { Counters } from '../../rates/counters.ts';
import { onlineCpus, readStats, timeOf } from './stats-sample.ts';

const ENGINE = { cpus: 4, memTotal: 25_276_063_744 };

/** As Engine 20.10 answers on cgroup v1. */
const V1 = {
  read: '2026-11-22T20:49:06.993360912Z',
  preread: '2026-11-22T20:49:05.98983598Z',
  pids_stats: { current: 3 },
  blkio_stats: {
    io_service_bytes_recursive: [
      { major: 254, minor: 0, op: 'Read', value: 4096 },
      { major: 254, minor: 0, op: 'Write', value: 8192 },
      { major: 254, minor: 0, op: 'Sync', value: 1 },
      { major: 254, minor: 0, op: 'Total', value: 12288 },
      { major: 8, minor: 0, op: 'Read', value: 4 },
    ],
  },
  cpu_stats: {
    cpu_usage: { total_usage: 10108162895, percpu_usage: [8801205093, 1306957802] },
    system_cpu_usage: 3913360000000,
    online_cpus: 2,
  },
  precpu_stats: { cpu_usage: { total_usage: 9119058423 }, system_cpu_usage: 3911360000000, online_cpus: 2 },
  memory_stats: { usage: 50_000_000, limit: 67_108_864, stats: { total_inactive_file: 10_000_000, inactive_file: 1 } },
  networks: { eth0: { rx_bytes: 1112, tx_bytes: 7 }, eth1: { rx_bytes: 1, tx_bytes: 2 } },
};

/** As Engine 27 answers on cgroup v2. */
const V2 = {
  ...V1,
  blkio_stats: {
    io_service_bytes_recursive: [
      { major: 259, minor: 0, op: 'read', value: 100 },
      { major: 259, minor: 0, op: 'write', value: 200 },
    ],
  },
  cpu_stats: { cpu_usage: { total_usage: 5e9 }, system_cpu_usage: 8e9, online_cpus: 8 },
  memory_stats: { usage: 50_000_000, limit: 25_276_063_744, stats: { inactive_file: 20_000_000 } },
};

function read(answer: unknown, network: 'own' | 'host' | 'shared' | 'none' = 'own'): Counters | false {
  const counters = new Counters();
  return readStats(answer, network, ENGINE, counters) ? counters : false;
}

describe('an answer of the stats API', () => {
  it('is read as of cgroup v1', () => {
    const expected = {
      cpuNs: 10108162895,
      mem: 40_000_000,
      memLimit: 67_108_864,
      rd: 4100,
      wr: 8192,
      rx: 1113,
      tx: 9,
      pids: 3,
    };
    expect(read(V1)).toMatchObject(expected);
  });

  it('is read as of cgroup v2, where no limit is the memory of the machine', () => {
    expect(read(V2)).toMatchObject({ mem: 30_000_000, memLimit: NaN, rd: 100, wr: 200 });
  });

  it('has the time of the reading to the microsecond', () => {
    expect((read(V1) as Counters).at).toBeCloseTo(Date.parse('2026-11-22T20:49:06.993Z') + 0.360912, 3);
  });

  it('has the time that the CPUs counted where the engine does not say when it read', () => {
    expect(read({ ...V1, read: undefined })).toMatchObject({
      at: 3913360000000 / 2 / 1e6,
      cpuAt: 3913360000000 / 2 / 1e6,
    });
  });

  it('is none of a container that does not run', () => {
    const stopped = {
      read: '0001-01-01T00:00:00Z',
      cpu_stats: { cpu_usage: { total_usage: 0 } },
      memory_stats: {},
      pids_stats: {},
    };
    expect(read(stopped)).toBe(false);
    expect(read({ ...stopped, read: V1.read })).toBe(false);
  });

  it.each([
    ['host', undefined, NaN],
    ['shared', V1.networks, NaN],
    ['none', undefined, 0],
    ['own', undefined, NaN],
  ] as const)('counts the traffic of network mode %s', (network, networks, rx) => {
    expect((read({ ...V1, networks }, network) as Counters).rx).toBe(rx);
  });

  it('reads and writes nothing without block devices', () => {
    expect(read({ ...V1, blkio_stats: { io_service_bytes_recursive: null } })).toMatchObject({ rd: 0, wr: 0 });
  });

  it('counts all of the memory where the cache is unknown', () => {
    expect(read({ ...V1, memory_stats: { usage: 5, stats: {} } })).toMatchObject({ mem: 5 });
  });
});

it('online CPUs: as said, as listed, as the engine has', () => {
  expect(onlineCpus({ online_cpus: 2 }, { percpu_usage: [1, 2, 3] }, 4)).toBe(2);
  expect(onlineCpus({}, { percpu_usage: [1, 2, 3] }, 4)).toBe(3);
  expect(onlineCpus({ online_cpus: 0 }, { percpu_usage: [] }, 4)).toBe(4);
});

it('a time that has not come is none', () => {
  expect(timeOf('0001-01-01T00:00:00Z')).toBeUndefined();
  expect(timeOf(5)).toBeUndefined();
  expect(timeOf('2026-11-22T20:49:06Z')).toBe(Date.parse('2026-11-22T20:49:06Z'));
});

it('any JSON is read or refused, never thrown at', () => {
  const keys = fc.constantFrom(
    'read',
    'cpu_stats',
    'cpu_usage',
    'total_usage',
    'memory_stats',
    'stats',
    'networks',
    'blkio_stats',
    'io_service_bytes_recursive',
    'usage',
    'op',
    'value',
    'rx_bytes',
    'pids_stats',
  );
  const json = fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      fc.constantFrom(V1.read, 'Read', ''),
      fc.double(),
      fc.constant(null),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(keys, tie('value'), { maxKeys: 6 }),
    ),
  })).value;
  fc.assert(
    fc.property(json, (answer) => {
      const counters = read(answer);
      if (counters) expect(counters.cpuNs).toBeGreaterThanOrEqual(0);
    }),
    { seed: 7, numRuns: 1000 },
  );
});
