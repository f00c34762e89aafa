import type { AlertMessage } from '@deckwatch/contracts';
import { describeWith, eventually } from '@deckwatch/testing';
import { REAL_HOST, RealContainers } from './real-containers.ts';

const FOREVER = 'trap "exit 0" TERM; while :; do sleep 0.2; done';
const DEAF = 'trap "" TERM; while :; do sleep 0.2; done';
/** Is no longer healthy while it drains, and takes its time. */
const DRAINS = 'touch /tmp/ok; trap "rm /tmp/ok; sleep 2; exit 143" TERM; while :; do sleep 0.2; done';
const SECOND = 1_000_000_000;
const HEALTH = {
  Healthcheck: { Test: ['CMD-SHELL', 'test -f /tmp/ok'], Interval: SECOND / 2, Retries: 1, Timeout: 5 * SECOND },
};
const SOON = { timeoutMs: 30_000 };
const MIB = 1024 * 1024;
const FOR_MS = 3000;
const shop = { 'com.docker.compose.project': 'shop', 'com.docker.compose.service': 'web' };

jest.setTimeout(90_000);

describeWith(
  'engine',
  'nats',
  'redis',
)('alerts of real containers', () => {
  const real = new RealContainers();
  const event = (...events: string[]) => ({ event: events, count: 1, withinMs: 60_000 }) as never;

  beforeAll(async () => {
    await real.start();
    await real.rule('busy', { select: { name: 'busy' }, condition: { metric: 'cpu', op: '>', value: 5, clear: 3 }, forMs: FOR_MS }); // prettier-ignore
    await real.rule('failed', { condition: event('died', 'oom') });
    await real.rule('sick', { condition: event('unhealthy') });
    await real.rule('again', { condition: event('restarted') });
    await real.rule('loop', { condition: { event: ['restarted'], count: 3, withinMs: 60_000 } });
    await real.rule('absent', { condition: { metric: 'mem', op: '<', value: 0 }, noData: 'alert' });
    await real.rule('no-replicas', { target: 'service', condition: { metric: 'replicas', op: '<', value: 1 } });
    await real.rule('gone', { target: 'host', condition: { metric: 'mem', op: '<', value: 0 }, noData: 'alert' });
  }, 180_000);
  afterAll(() => real.stop(), 60_000);

  const told = (rule: string, name: string, notices: string[]) =>
    eventually(() => expect(real.notices(rule, name)).toEqual(notices.map((state) => `${state} ${name}`)), SOON);
  const alertsOf = (rule: string, name: string): AlertMessage[] =>
    real.outside.heard.filter((message) => message.rule.id === rule && message.target.name === name);

  it('nobody is told of exit 0, docker stop, docker restart, a recreate by compose and an update', async () => {
    await Promise.all([
      real.run('ends', 'sleep 0.3; exit 0').then((container) => real.told(container, 'stopped')),
      stopped(),
      restarted(),
      recreated(),
    ]);
    // What comes after it was judged after it.
    await real.run('crashes', 'exit 3');
    await told('failed', 'crashes', ['firing']);
    expect(real.receiver.received.map(({ message }) => `${message.rule.id} ${message.target.name}`)).toEqual([
      'failed crashes',
    ]);
    expect(alertsOf('container-died', 'crashes')).toMatchObject([{ state: 'firing', reason: 'exit code 3' }]);
  });

  async function stopped(): Promise<void> {
    const container = await real.run('deaf', DEAF);
    await container.stop({ t: 1 });
    await real.told(container, 'stopped');
  }

  async function restarted(): Promise<void> {
    const container = await real.run('again', FOREVER);
    await container.restart({ t: 5 });
    await real.told(container, 'restarted');
  }

  /** As compose does it: makes the new one under another name, ends and removes the old one, gives the new one its name. */
  async function recreated(): Promise<void> {
    const old = await real.run('shop-web-1', DRAINS, { Labels: shop, ...HEALTH });
    await real.told(old, 'healthy');
    const next = await real.create('0123_shop-web-1', `touch /tmp/ok; ${FOREVER}`, { Labels: shop, ...HEALTH });
    await old.stop({ t: 10 });
    await old.remove();
    await next.rename({ name: 'shop-web-1' });
    await next.start();
    await real.told(old, 'removed');
    await real.told(next, 'healthy');
  }

  it('a busy one fires with the first sample after forMs, and resolves when it has calmed down', async () => {
    const container = await real.run('busy', 'timeout 8 sh -c "while :; do :; done"; while :; do sleep 60; done');
    await told('busy', 'busy', ['firing', 'resolved']);
    const [pending, firing, resolved] = alertsOf('busy', 'busy');
    expect([pending, firing, resolved].map((message) => message?.state)).toEqual(['pending', 'firing', 'resolved']);
    const samples = real.sweeps.filter(({ rows }) => rows.some(([id, cpu]) => container.id.startsWith(String(id)) && cpu !== null)); // prettier-ignore
    expect(firing!.t).toBe(samples.find(({ t }) => t >= pending!.t + FOR_MS)!.t);
    expect(resolved!.value).toBeLessThanOrEqual(3);
  });

  it('running out of memory is told once, and says so', async () => {
    const HostConfig = { Memory: 16 * MIB, MemorySwap: 16 * MIB };
    const container = await real.run('hungry', 'sleep 0.5; exec tail /dev/zero', { HostConfig });
    await eventually(() => {
      const events = real.events.filter(({ id }) => container.id.startsWith(id)).map((one) => one.event);
      expect(events).toEqual(expect.arrayContaining(['oom', 'died']));
    }, SOON);
    await told('failed', 'hungry', ['firing']);
    await eventually(() => expect(alertsOf('container-died', 'hungry')).toHaveLength(1), SOON);
    expect(alertsOf('failed', 'hungry')).toMatchObject([{ message: expect.stringContaining('out of memory') }]);
  });

  it('an unhealthy one fires until it is healthy again', async () => {
    const container = await real.run('patient', `touch /tmp/ok; ${FOREVER}`, HEALTH);
    await real.told(container, 'healthy');
    const exec = async (...Cmd: string[]) => (await container.exec({ Cmd })).start({ Detach: true });
    await exec('rm', '/tmp/ok');
    await told('sick', 'patient', ['firing']);
    await exec('touch', '/tmp/ok');
    await told('sick', 'patient', ['firing', 'resolved']);
  });

  it('a restart loop fires', async () => {
    const container = await real.run('loop', 'exit 7', {
      HostConfig: { RestartPolicy: { Name: 'on-failure', MaximumRetryCount: 3 } },
    });
    await told('loop', 'loop', ['firing']);
    await real.told(container, 'died');
    expect(alertsOf('loop', 'loop')[0]).toMatchObject({ value: 3, message: 'loop was started again 3 times within 1 min' }); // prettier-ignore
  });

  it('until now nobody was told of containers that are absent, nor of a service without replicas', () => {
    expect(real.outside.states('absent')).toEqual([]);
    expect(real.outside.states('no-replicas')).toEqual([]);
  });

  it('a host that is gone is told once, in the place of its containers', async () => {
    await real.collector.end('SIGKILL');
    await told('gone', REAL_HOST, ['nodata']);
    expect(real.receiver.received.at(-1)!.message.message).toMatch(/out of sight with it: .*shop-web-1/);
    real.collector.start();
    await told('gone', REAL_HOST, ['nodata', 'resolved']);
    expect(real.notices('absent')).toEqual([]);
  });
});
