import fc from 'fast-check';
import { cpuTimes, memory, processCpuMs } from './proc-texts.ts';

describe('/proc/stat', () => {
  const text =
    'cpu  100 5 50 800 20 3 2 20 7 1\ncpu0 50 5 25 400 10 3 1 10 7 1\ncpu1 50 0 25 400 10 0 1 10 0 0\nintr 1 2 3\nctxt 5\nbtime 6\n';

  it('counts all but idling and waiting for I/O as busy, and guests once', () => {
    expect(cpuTimes(text)).toEqual({ busy: 180, total: 1000, cpus: 2 });
  });

  it('is read as kernels before 2.6.11 wrote it', () => {
    expect(cpuTimes('cpu 100 0 50 850\ncpu0 100 0 50 850\n')).toEqual({ busy: 150, total: 1000, cpus: 1 });
  });
});

describe('/proc/meminfo', () => {
  it('what is used is what is not available', () => {
    const text = 'MemTotal:       24683656 kB\nMemFree:        20000000 kB\nMemAvailable:   23000000 kB\n';
    expect(memory(text)).toEqual({ total: 24_683_656 * 1024, used: 1_683_656 * 1024 });
  });

  it('is read as kernels before 3.14 wrote it', () => {
    expect(memory('MemTotal: 1000 kB\nMemFree: 100 kB\nBuffers: 50 kB\nCached: 350 kB\nSwapCached: 9 kB\n')).toEqual({
      total: 1000 * 1024,
      used: 500 * 1024,
    });
  });
});

describe('/proc/<pid>/stat', () => {
  it('gives the CPU time, whatever the program is called', () => {
    const rest = 'S 1 17075 17075 0 -1 4194560 100 0 0 0 250 150 0 0 20 0 13 0 100 1000 10';
    expect(processCpuMs(`17075 (dockerd) ${rest}`)).toBe(4000);
    expect(processCpuMs(`17075 (a) b) (c) ${rest}`)).toBe(4000);
  });
});

it('texts that are something else are unknown', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('c', 'p', 'u', ' ', '1', '\n', ')', ':', 'k', 'B', 'MemTotal: ') }),
      (text) => {
        for (const value of [cpuTimes(text)?.total, memory(text)?.used, processCpuMs(text)]) {
          expect(value === undefined || value >= 0).toBe(true);
        }
      },
    ),
    { seed: 12, numRuns: 1000 },
  );
});
