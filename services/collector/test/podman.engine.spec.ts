import type { Container, ContainerCreateOptions } from 'dockerode';
import { filters, subjects, ContainerEvent, HostReport, STAT_COLS, type StatsSweep } from '@deckwatch/contracts';
import {
  describeWith,
  eventually,
  PODMAN_LIMITS,
  silentLog,
  startNats,
  startPodman,
  testBus,
  type NatsServer,
  type Podman,
} from '@deckwatch/testing';
import { DockerEngine } from '../src/engine/docker-engine.ts';
import { CollectorUnderTest } from './collector-under-test.ts';

const FOREVER = 'trap "exit 0" TERM; while :; do sleep 0.2; done';
const BUSY = 'while :; do :; done';
const SOON = { timeoutMs: 20_000 };

describeWith('podman', 'nats')('containers of Podman, by its Docker-compatible socket', () => {
  let podman: Podman;
  let nats: NatsServer;
  let bus: Awaited<ReturnType<typeof testBus>>;
  let collector: CollectorUnderTest | undefined;
  const told: ContainerEvent[] = [];
  const reports: HostReport[] = [];
  const figures = new Map<string, Record<string, number | null>>();

  beforeAll(async () => {
    podman = await startPodman();
    nats = await startNats();
    bus = await testBus(nats);
    bus.listen(filters.containersOf('pod'), ContainerEvent, (message) => told.push(message));
    bus.listen(subjects.host('pod'), HostReport, (report) => reports.push(report));
    bus.subscribe(subjects.stats('pod'), (message) => {
      for (const [id, ...row] of (message.json() as StatsSweep).rows)
        figures.set(id, Object.fromEntries(STAT_COLS.map((column, at) => [column, row[at] as number | null])));
    });
    await watch('auto');
  }, 120_000);

  afterAll(async () => {
    await collector?.stop();
    await bus?.close();
    await nats?.stop();
    await podman?.stop();
  }, 60_000);

  async function watch(reader: 'auto' | 'engine'): Promise<void> {
    await collector?.stop();
    const engine = await DockerEngine.at({ kind: 'unix', socketPath: podman.socketPath }, silentLog);
    collector = await CollectorUnderTest.start(nats.url, engine, { DECKWATCH_HOST_NAME: 'pod', DECKWATCH_READER: reader }); // prettier-ignore
  }

  async function run(
    name: string,
    command: string,
    more: Partial<ContainerCreateOptions['HostConfig']> = {},
  ): Promise<Container> {
    // prettier-ignore
    const container = await podman.docker.createContainer({
      name,
      Image: 'busybox:local',
      Cmd: ['sh', '-c', command],
      HostConfig: { NetworkMode: 'none', Ulimits: PODMAN_LIMITS, ...more },
    });
    await container.start();
    return container;
  }

  const messages = ({ id }: Container) => told.filter((message) => message.id === id.slice(0, 12));
  const story = (container: Container) => messages(container).map(({ event }) => event);
  const tells = (container: Container, events: string[]) =>
    eventually(() => expect(story(container)).toEqual(events), SOON);

  it('tells of one that is stopped and removed', async () => {
    const container = await run('heeds', FOREVER);
    await tells(container, ['created', 'started']);
    await container.stop({ t: 5 });
    await tells(container, ['created', 'started', 'stopped']);
    expect(messages(container).at(-1)).toMatchObject({ exitCode: 0, state: 'exited', name: 'heeds' });
    await container.remove();
    await tells(container, ['created', 'started', 'stopped', 'removed']);
  });

  it('tells of one that dies', async () => {
    const container = await run('dies', 'sleep 0.3; exit 3');
    await tells(container, ['created', 'started', 'died']);
    expect(messages(container).at(-1)).toMatchObject({ exitCode: 3, oomKilled: false });
  });

  it.each(['auto', 'engine'] as const)('has figures, by the reader %s', async (reader) => {
    await watch(reader);
    expect(collector!.host).toBe('pod'); // though Podman has another id in each answer
    const container = await run(`busy-${reader}`, BUSY, { Memory: 64 * 1024 * 1024 });
    const id = container.id.slice(0, 12);
    await eventually(() => expect(figures.get(id)).toMatchObject({ memLimit: 64 * 1024 * 1024, pids: 1 }), SOON);
    await eventually(() => expect(figures.get(id)!['cpu']).toBeGreaterThan(20), SOON);
    expect(figures.get(id)!['mem']).toBeGreaterThan(0);
    await container.remove({ force: true });
  });

  it('is up', () => {
    expect(reports.at(-1)).toMatchObject({ engine: 'up' });
  });
});
