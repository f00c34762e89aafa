import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '@deckwatch/testing';
import Docker from 'dockerode';
import { Fleet } from '../simulation/fleet.ts';
import { USUAL_COUNT } from '../simulation/plan.ts';
import { labelsOf } from './docker-views.ts';
import { EngineServer } from './engine-server.ts';
import { EventLog, liveOn } from './event-log.ts';

const START = Date.UTC(2026, 10, 22, 14, 0, 0);

/** A real client on a real socket; the fleet's time moves by hand. */
describe('EngineServer', () => {
  const folder = mkdtempSync(join(tmpdir(), 'demo-'));
  let tests = 0;
  let socketPath: string;
  let docker: Docker;
  let now: number;
  let fleet: Fleet;
  let events: EventLog;
  let server: EngineServer;

  function pass(seconds: number): void {
    for (let second = 0; second < seconds; second += 1) {
      now += 1000;
      liveOn(fleet, events, now);
      server.stats.send(now);
    }
  }

  beforeEach(async () => {
    now = START;
    // One of its own each: clients keep connections of the one before.
    socketPath = join(folder, `${(tests += 1)}.sock`);
    docker = new Docker({ socketPath });
    fleet = new Fleet({ seed: 7, containers: USUAL_COUNT, startedAt: START });
    events = new EventLog((name) => labelsOf(fleet.find(name)!.plan));
    server = new EngineServer({ fleet, events, engineId: 'demo-1', now: () => now });
    await server.listen(socketPath);
  });
  afterEach(() => server.close());
  afterAll(() => rmSync(folder, { recursive: true }));

  /** The JSON lines of an endless answer as they come. */
  function follow(path: string): Promise<{ lines: Record<string, never>[]; ended: () => boolean; leave: () => void }> {
    return new Promise((resolve, reject) => {
      const asked = request({ socketPath, path }, (response) => {
        const lines: Record<string, never>[] = [];
        let rest = '';
        let ended = false;
        response.setEncoding('utf8').on('data', (text: string) => {
          const parts = (rest + text).split('\n');
          rest = parts.pop() ?? '';
          lines.push(...parts.map((part) => JSON.parse(part)));
        });
        response.once('close', () => (ended = true));
        resolve({ lines, ended: () => ended, leave: () => asked.destroy() });
      });
      asked.once('error', reject);
      asked.end();
    });
  }

  it('says that it is the demo', async () => {
    expect((await docker.ping()).toString()).toBe('OK');
    const info = await docker.info();
    expect(info).toMatchObject({
      Name: 'demo',
      ID: 'demo-1',
      NCPU: fleet.cpus,
      MemTotal: fleet.memory,
      Labels: ['deckwatch.demo=true'],
    });
    expect(await docker.version()).toMatchObject({ ApiVersion: '1.41' });
  });

  it('lists the running containers, all of them on request, those of a state by filter', async () => {
    const running = await docker.listContainers();
    const all = await docker.listContainers({ all: true });
    expect(all).toHaveLength(USUAL_COUNT);
    expect(running.length).toBeLessThan(all.length);
    expect(running.every(({ State }) => State === 'running')).toBe(true);
    const exited = await docker.listContainers({ all: true, filters: { status: ['exited'] } });
    expect(exited.map(({ Names }) => Names[0])).toEqual(['/pipeline-export-1', '/lab-scraper-1']);
    const wiki = await docker.listContainers({ all: true, filters: { label: ['com.docker.compose.project=wiki'] } });
    expect(wiki).toHaveLength(3);
  });

  it('inspects a container by name, id and the first digits of its id', async () => {
    const { id } = fleet.find('shop-web-1')!;
    for (const reference of ['shop-web-1', id, id.slice(0, 12)]) {
      const seen = await docker.getContainer(reference).inspect();
      expect(seen).toMatchObject({
        Id: id, Name: '/shop-web-1', RestartCount: 0,
        State: { Status: 'running', Running: true, Health: { Status: 'healthy' } },
        Config: { Image: 'shop/web:2.14', Labels: { 'deckwatch.demo': 'true', 'com.docker.compose.service': 'web' } },
      }); // prettier-ignore
    }
    await expect(docker.getContainer('nobody').inspect()).rejects.toMatchObject({ statusCode: 404 });
  });

  it('streams samples whose counters give the CPU that the fleet had', async () => {
    const container = fleet.find('shop-api-1')!;
    const stream = await follow(`/containers/${container.id}/stats?stream=1`);
    await eventually(() => expect(server.stats.count).toBe(1));
    pass(2);
    await eventually(() => expect(stream.lines).toHaveLength(2));
    const [first, second] = stream.lines as unknown as {
      read: string;
      preread: string;
      cpu_stats: CpuStats;
      precpu_stats: CpuStats;
    }[];
    interface CpuStats { cpu_usage: { total_usage: number }; system_cpu_usage: number; online_cpus: number } // prettier-ignore
    expect(second!.preread).toBe(first!.read);
    expect(second!.precpu_stats).toEqual(first!.cpu_stats);
    const used = second!.cpu_stats.cpu_usage.total_usage - first!.cpu_stats.cpu_usage.total_usage;
    const system = second!.cpu_stats.system_cpu_usage - first!.cpu_stats.system_cpu_usage;
    expect((used / system) * second!.cpu_stats.online_cpus * 100).toBeCloseTo(container.cpu, 1);
    stream.leave();
    await eventually(() => expect(server.stats.count).toBe(0));
  });

  it('ends the samples of a container that ends', async () => {
    const stream = await follow(`/containers/wiki-jobrunner-1/stats`);
    await eventually(() => expect(server.stats.count).toBe(1));
    pass(20);
    await eventually(() => expect(stream.ended()).toBe(true));
    expect(stream.lines).toHaveLength(19);
  });

  it('answers one sample to who wants one, and an empty one for what does not run', async () => {
    const one = await docker.getContainer('shop-db-1').stats({ stream: false });
    expect(one.memory_stats.limit).toBe(2 * 1024 ** 3);
    expect(one.memory_stats.usage).toBeGreaterThan(one.memory_stats.stats.inactive_file);
    const none = await docker.getContainer('lab-scraper-1').stats({ stream: false });
    expect(none.cpu_stats).toEqual({});
  });

  it('leaves out the network of a container on the network of its host', async () => {
    expect(await docker.getContainer('edge-proxy').stats({ stream: false })).not.toHaveProperty('networks');
    expect((await docker.getContainer('edge-proxy').inspect()).HostConfig.NetworkMode).toBe('host');
  });

  it('replays events since a moment, then goes on with new ones', async () => {
    pass(30);
    const filters = encodeURIComponent('{"type":["container"],"container":["wiki-jobrunner-1"]}');
    const stream = await follow(`/events?since=${START / 1000}&filters=${filters}`);
    await eventually(() => expect(stream.lines.map(({ Action }) => Action)).toEqual(['die', 'start']));
    pass(400);
    await eventually(() => expect(stream.lines.map(({ Action }) => Action)).toEqual(['die', 'start', 'die', 'start']));
    stream.leave();
    await eventually(() => expect(events.following).toBe(0));
  });

  it('ends a replay whose end has passed', async () => {
    pass(60);
    const stream = await follow(`/events?since=${START / 1000}&until=${START / 1000 + 30}`);
    await eventually(() => expect(stream.ended()).toBe(true));
    expect(stream.lines.length).toBeGreaterThan(2);
  });

  it('refuses to change anything, and what it does not understand', async () => {
    await expect(docker.getContainer('shop-web-1').stop()).rejects.toMatchObject({ statusCode: 405 });
    await expect(docker.listContainers({ filters: '{' })).rejects.toMatchObject({ statusCode: 400 });
    await expect(docker.listImages()).rejects.toMatchObject({ statusCode: 404 });
  });
});
