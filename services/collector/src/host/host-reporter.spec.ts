import { HostReport } from '@deckwatch/contracts';
import { Folder } from '../../test/cgroup-trees.ts';
import type { NodeFigures } from '../readers/reader.ts';
import { HostReporter, type EngineStanding } from './host-reporter.ts';

const stat = (busy: number, idle: number): string =>
  `cpu  ${busy} 0 0 ${idle} 0 0 0 0 0 0\ncpu0 1 0 0 1 0 0 0 0 0 0\ncpu1 1 0 0 1 0 0 0 0 0 0\n`;
const pidStat = (ticks: number): string => `5 (dockerd) S 1 5 5 0 -1 0 0 0 0 0 ${ticks} 0 0 0 20 0 1 0 1 1 1\n`;
const INFO = { id: 'e', name: 'box', version: '27.1', cpus: 8, memTotal: 64e9, kernel: null, time: null, labels: [] };
const UP: EngineStanding = { state: 'up', reason: null, info: INFO, local: true, demo: false };

describe('the report on the host', () => {
  let proc: Folder;
  let now = 0;
  let reporter: HostReporter;
  let engine = UP;
  let node: NodeFigures | undefined;

  beforeEach(() => {
    now = 0;
    engine = UP;
    node = undefined;
    proc = new Folder({
      stat: stat(0, 0),
      meminfo: 'MemTotal: 1000 kB\nMemAvailable: 750 kB\n',
      '5/comm': 'dockerd\n',
      '5/stat': pidStat(100),
      '6/comm': 'containerd-shim\n',
    });
    reporter = new HostReporter({
      host: 'box',
      procRoot: proc.path,
      steady: () => now,
      engine: () => engine,
      reader: () => 'cgroup',
      node: () => node,
      counts: () => ({ containers: 3, running: 2 }),
    });
  });
  afterEach(() => {
    reporter.close();
    proc.remove();
  });

  const report = (): HostReport =>
    HostReport.parse(JSON.parse(JSON.stringify(reporter.report(5000, 1000, { cpu: 33.333, mem: 5000 }))));

  it('has the totals of this machine', () => {
    proc.write({ stat: stat(50, 150) });
    expect(report()).toMatchObject({
      cpus: 2,
      cpu: 50,
      cpuPercent: 25,
      mem: 250 * 1024,
      memPercent: 25,
      memTotal: 1000 * 1024,
      containers: 3,
      running: 2,
      engine: 'up',
      engineVersion: '27.1',
      reader: 'cgroup',
      demo: false,
    });
  });

  it('has the totals that the reader knows of a node whose /proc is not here', () => {
    engine = { ...UP, local: false };
    node = { cpu: 123.456, mem: 16e9, memTotal: 32e9 };
    expect(report()).toMatchObject({ cpus: 8, cpu: 123.46, cpuPercent: 15.43, mem: 16e9, memPercent: 50 });
  });

  it('keeps the last CPU figure where the kernel has not counted on', () => {
    proc.write({ stat: stat(50, 150) });
    report();
    expect(report().cpu).toBe(50);
  });

  it('says what the watching costs: itself, and the engine without its shims', () => {
    const first = report().cost;
    expect(first).toMatchObject({ cpu: null, rss: expect.any(Number) as number, engineCpu: null });
    proc.write({ '5/stat': pidStat(150) });
    now = 5000;
    expect(report().cost).toMatchObject({ cpu: expect.any(Number) as number, engineCpu: 10 });
  });

  it('does not know what the engine costs when its process has ended', () => {
    report();
    proc.remove('5');
    proc.write({ '5/stat': 'gone' });
    now = 5000;
    expect([null, 0]).toContain(report().cost.engineCpu);
  });

  it('has the totals of the machine without any engine, and says why there is none', () => {
    engine = { state: 'none', reason: 'Not installed.', info: undefined, local: true, demo: false };
    expect(report()).toMatchObject({
      engine: 'none',
      engineReason: 'Not installed.',
      memTotal: 1000 * 1024,
      containers: null,
      running: null,
    });
  });

  it('does not pass this machine off as that of an engine elsewhere', () => {
    engine = { ...UP, local: false };
    expect(report()).toMatchObject({ cpus: 8, cpu: null, mem: null, memTotal: 64e9, cost: { engineCpu: null } });
  });

  it('has what the containers use together for a simulated engine', () => {
    engine = { ...UP, local: false, demo: true };
    expect(report()).toMatchObject({ demo: true, cpus: 8, cpu: 33.33, mem: 5000, memTotal: 64e9 });
  });
});
