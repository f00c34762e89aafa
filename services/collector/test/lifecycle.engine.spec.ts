import { describeWith, eventually } from '@deckwatch/testing';
import { RealHost } from './real-host.ts';

const FOREVER = 'trap "exit 0" TERM; while :; do sleep 0.2; done';
const DEAF = 'trap "" TERM; while :; do sleep 0.2; done';
const SOON = { timeoutMs: 20_000 };

describeWith('engine', 'nats')('the life of real containers', () => {
  let host: RealHost;

  beforeAll(async () => {
    host = await RealHost.start();
    await host.watch();
  }, 120_000);
  afterAll(() => host?.stop(), 60_000);

  const told = (container: { id: string }, events: string[]) =>
    eventually(() => expect(host.events(container)).toEqual(events), SOON);
  const last = (container: { id: string }) => host.messages(container).at(-1);

  it('a container that is stopped and heeds it', async () => {
    const container = await host.run('heeds', FOREVER);
    await told(container, ['created', 'started']);
    await container.stop({ t: 5 });
    await told(container, ['created', 'started', 'stopped']);
    expect(last(container)).toMatchObject({ exitCode: 0, state: 'exited', name: 'heeds', image: 'busybox:local' });
    await container.remove();
    await told(container, ['created', 'started', 'stopped', 'removed']);
  });

  it('a container that is stopped by force', async () => {
    const container = await host.run('deaf', DEAF);
    await container.stop({ t: 1 });
    await told(container, ['created', 'started', 'stopped']);
    expect(last(container)).toMatchObject({ exitCode: 137, oomKilled: false });
  });

  it('a container that is killed', async () => {
    const container = await host.run('killed', FOREVER);
    await container.kill();
    await told(container, ['created', 'started', 'stopped']);
  });

  it('a container that runs out of memory', async () => {
    const limits = { Memory: 16 * 1024 * 1024, MemorySwap: 16 * 1024 * 1024 };
    const container = await host.run('hungry', 'sleep 0.5; exec tail /dev/zero', { HostConfig: limits });
    await eventually(() => expect(host.events(container)).toContain('died'), SOON);
    await eventually(
      () => expect([...host.events(container)].sort()).toEqual(['created', 'died', 'oom', 'started']),
      SOON,
    );
    expect(host.messages(container).find(({ event }) => event === 'died')).toMatchObject({
      exitCode: 137,
      oomKilled: true,
    });
  });

  it.each([
    [0, 'stopped'],
    [1, 'died'],
  ])('a container that ends by itself with %d', async (code, event) => {
    const container = await host.run(`ends-${code}`, `sleep 0.3; exit ${code}`);
    await told(container, ['created', 'started', event]);
    expect(last(container)).toMatchObject({ exitCode: code });
  });

  it('a container that is gone at once', async () => {
    const container = await host.run('gone', 'exit 3', { HostConfig: { AutoRemove: true } });
    await told(container, ['created', 'started', 'died', 'removed']);
  });

  it('a container whose health changes', async () => {
    const second = 1_000_000_000;
    const check = { Test: ['CMD-SHELL', 'test -f /tmp/ok'], Interval: second / 2, Retries: 1, Timeout: 5 * second };
    const container = await host.run('patient', `touch /tmp/ok; ${FOREVER}`, { Healthcheck: check });
    await eventually(() => expect(last(container)?.event).toBe('healthy'), SOON);
    expect(host.messages(container).map(({ health }) => health)).toEqual([null, 'starting', 'healthy']);
    const exec = await container.exec({ Cmd: ['rm', '/tmp/ok'] });
    await exec.start({ Detach: true });
    await told(container, ['created', 'started', 'healthy', 'unhealthy']);
    await container.remove({ force: true });
  });

  it('a container that is renamed, paused and goes on', async () => {
    const container = await host.run('before', FOREVER);
    await container.rename({ name: 'after' });
    await container.pause();
    await container.unpause();
    await told(container, ['created', 'started', 'renamed', 'paused', 'unpaused']);
    expect(host.messages(container).map(({ name }) => name)).toEqual(['before', 'before', 'after', 'after', 'after']);
    await container.remove({ force: true });
  });

  it('a container that is restarted by hand', async () => {
    const container = await host.run('again', FOREVER);
    await container.restart({ t: 5 });
    await told(container, ['created', 'started', 'stopped', 'restarted']);
    expect(last(container)).toMatchObject({ restarts: 1, state: 'running', exitCode: null });
    await container.remove({ force: true });
  });

  it('a container that the engine restarts again and again', async () => {
    const policy = { RestartPolicy: { Name: 'on-failure', MaximumRetryCount: 3 } };
    const container = await host.run('loop', 'exit 7', { HostConfig: policy });
    const again = ['died', 'restarted'];
    await told(container, ['created', 'started', ...again, ...again, ...again, 'died']);
    expect(last(container)).toMatchObject({ restarts: 3, exitCode: 7, state: 'exited' });
  });

  it('labels of compose, and what is hostile in others', async () => {
    const labels = {
      'com.docker.compose.project': 'shop',
      'com.docker.compose.service': 'web',
      '__proto__ ': '"}\n\u0000',
      huge: 'x'.repeat(40_000),
    };
    const container = await host.create('labelled', 'true', { Labels: labels });
    await eventually(() => expect(last(container)).toMatchObject({ project: 'shop', service: 'web' }), SOON);
    expect(last(container)!.labels).toMatchObject({ '__proto__ ': '"}\n\u0000' });
    expect(last(container)!.labels).not.toHaveProperty('huge');
  });

  it('first figures within 2 s of a start, the end within 1 s', async () => {
    const container = await host.create('timed', FOREVER);
    await eventually(() => expect(host.events(container)).toEqual(['created']), SOON);
    await container.start();
    const started = Date.now();
    const first = await host.firstRow(container.id.slice(0, 12));
    const after = first - started;
    await container.kill();
    const killed = Date.now();
    await eventually(() => expect(last(container)?.event).toBe('stopped'), { ...SOON, everyMs: 5 });
    process.stdout.write(
      `first figures ${after} ms after the start, the end told ${Date.now() - killed} ms after it\n`,
    );
    expect(after).toBeLessThan(2000);
    expect(Date.now() - killed).toBeLessThan(1000);
  });

  it('fifty at once', async () => {
    const names = Array.from({ length: 50 }, (_, index) => `many-${index}`);
    const all = await Promise.all(names.map((name) => host.run(name, DEAF)));
    await eventually(() => expect(all.every((one) => host.rows.has(one.id.slice(0, 12)))).toBe(true), {
      timeoutMs: 40_000,
    });
    await Promise.all(all.map((one) => one.kill()));
    for (const one of all) await told(one, ['created', 'started', 'stopped']);
    await Promise.all(all.map((one) => one.remove({ force: true })));
    for (const one of all) await told(one, ['created', 'started', 'stopped', 'removed']);
  }, 120_000);
});
