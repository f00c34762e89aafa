import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { describeWith, eventually, startEngine, type Engine } from '../src/index.ts';

const interfaces = () => readdirSync('/sys/class/net').sort();
const firewall = () => ['filter', 'nat'].map((table) => execFileSync('iptables', ['-t', table, '-S']).toString());
const mountsOf = (folder: string) => readFileSync('/proc/self/mountinfo', 'utf8').split('\n').filter((line) => line.includes(folder)); // prettier-ignore
const processesOf = (folder: string) => {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.filter((pid) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes(folder);
    } catch {
      return false; // it has ended meanwhile
    }
  });
};

let before: { interfaces: string[]; firewall: string[] };

beforeAll(async () => {
  const first = await startEngine(); // clears up what an earlier run may have left here
  await first.stop();
  before = { interfaces: interfaces(), firewall: firewall() };
});

describeWith('engine')('an engine of its own', () => {
  let engine: Engine;

  beforeAll(async () => {
    engine = await startEngine();
    await engine.importBusybox();
  });
  afterAll(() => engine?.stop());

  const runASleeper = async (more: object = {}) => {
    const container = await engine.docker.createContainer({
      Image: 'busybox:local',
      Cmd: ['sleep', '600'],
      StopTimeout: 1,
      ...more,
    });
    await container.start();
    return container;
  };

  it('runs a container of the image that it made', async () => {
    const container = await runASleeper();
    const { State } = await container.inspect();
    expect(State.Running).toBe(true);
  });

  it('comes back on the same socket with its images after it was stopped', async () => {
    await engine.halt();
    await expect(engine.docker.ping()).rejects.toThrow();
    await engine.restart();
    expect((await engine.docker.listImages()).map(({ RepoTags }) => RepoTags)).toContainEqual(['busybox:local']);
  });

  it('comes back after it was killed', async () => {
    await runASleeper({ name: 'left' });
    await engine.kill();
    await engine.restart();
    const { State } = await engine.docker.getContainer('left').inspect();
    expect(State.Status).toBeDefined();
  });

  it('leaves no process, mount, interface, rule or file behind', async () => {
    const folder = engine.socketPath.replace('/docker.sock', '');
    await engine.docker.createNetwork({ Name: 'extra' });
    await runASleeper({ HostConfig: { NetworkMode: 'extra', PortBindings: { '80/tcp': [{ HostPort: '0' }] } } });
    await engine.stop();
    expect(processesOf(`${folder}/`)).toEqual([]);
    expect(mountsOf(folder)).toEqual([]);
    expect(interfaces()).toEqual(before.interfaces);
    expect(firewall()).toEqual(before.firewall);
    expect(() => readdirSync(folder)).toThrow('ENOENT');
  });
});

/** Runs a process that starts an engine with a container, and kills itself; the engine's folder. */
function killedWithAnEngine(lastWords = ''): string {
  const script = `
    import { execFileSync } from 'node:child_process';
    import { startEngine } from ${JSON.stringify(new URL('../src/engine.ts', import.meta.url).href)};
    const engine = await startEngine();
    await engine.importBusybox();
    const container = await engine.docker.createContainer({ Image: 'busybox:local', Cmd: ['sleep', '600'] });
    await container.start();
    const folder = engine.socketPath.replace('/docker.sock', '');
    console.log(folder);
    ${lastWords}
    process.kill(process.pid, 'SIGKILL');`;
  try {
    return execFileSync(process.execPath, ['--input-type=module-typescript', '-e', script]).toString().trim();
  } catch (error) {
    return String((error as { stdout: Buffer }).stdout).trim();
  }
}

describeWith('engine')('an engine whose test process is killed', () => {
  function expectNothingOf(folder: string): void {
    expect(processesOf(`${folder}/`)).toEqual([]);
    expect(mountsOf(folder)).toEqual([]);
    expect(interfaces()).toEqual(before.interfaces);
    expect(firewall()).toEqual(before.firewall);
    expect(() => readdirSync(folder)).toThrow('ENOENT');
  }

  it('is cleared away with its containers', async () => {
    const folder = killedWithAnEngine();
    expect(folder).toMatch(/dw-engine-/);
    await eventually(() => expectNothingOf(folder), { timeoutMs: 30_000 });
  });

  it('is cleared away by the next one where what watched over it was killed too', async () => {
    const folder = killedWithAnEngine("execFileSync('pkill', ['-KILL', '-f', 'engine-guard.sh ' + folder]);");
    expect(mountsOf(folder)).not.toEqual([]);
    const next = await startEngine();
    expect(processesOf(`${folder}/`)).toEqual([]);
    expect(mountsOf(folder)).toEqual([]);
    await next.stop();
    expectNothingOf(folder);
  });
});
