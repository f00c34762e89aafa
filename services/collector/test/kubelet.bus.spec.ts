import { COLLECTOR_RPC, ContainerSample, HostReport, INSPECT_RPC, StatsSweep, subjects } from '@deckwatch/contracts';
import type { Bus } from '@deckwatch/bus';
import { readSettings, systemClock, type Log } from '@deckwatch/service-kit';
import { describeWith, eventually, recordingLog, silentLog, startNats, testBus } from '@deckwatch/testing';
import { KubeEngine } from '../src/kube/kube-engine.ts';
import { kubeAccess } from '../src/kube/kube-settings.ts';
import { COLLECTOR_SETTINGS } from '../src/settings.ts';
import { kubeletReaderOf } from '../src/source.ts';
import { Folder, netDev, v1 } from './cgroup-trees.ts';
import { CollectorUnderTest } from './collector-under-test.ts';
import { FakeCluster, FAULTS } from './fake-cluster.ts';
import { fullId } from './fake-engine.ts';
import {
  aPod,
  aSummary,
  ended,
  KUBERNETES,
  NODE,
  POD_UID,
  running,
  T0,
  waiting,
  type KubernetesVersion,
} from './pods.ts';

type Nats = Awaited<ReturnType<typeof startNats>>;

const WEB = fullId('run-0').slice(0, 12);
/** The kubelet is asked this often here, so that a test does not wait for its ten seconds. */
const QUICKLY_MS = 150;

describeWith('nats')('a collector on a node of Kubernetes', () => {
  let nats: Nats;
  let bus: Bus;
  let cluster: FakeCluster;
  let cgroup: Folder;
  let proc: Folder;
  const collectors: CollectorUnderTest[] = [];
  const engines: KubeEngine[] = [];

  beforeAll(async () => {
    nats = await startNats();
    bus = await testBus(nats);
  });
  afterAll(async () => {
    await bus.close();
    await nats.stop();
  });
  beforeEach(async () => {
    cluster = await FakeCluster.start();
    cgroup = new Folder();
    proc = new Folder({ stat: 'cpu 1 0 0 1\ncpu0 1 0 0 1\n', meminfo: 'MemTotal: 1000 kB\nMemAvailable: 500 kB\n' });
  });
  afterEach(async () => {
    for (const collector of collectors.splice(0)) await collector.stop();
    await cluster.stop();
    cgroup.remove();
    proc.remove();
  });

  async function collector(host: string, over: Record<string, string> = {}, log: Log = silentLog) {
    const texts = {
      NODE_NAME: NODE,
      DECKWATCH_HOST_NAME: host,
      DECKWATCH_SOURCE: 'kubelet',
      DECKWATCH_INTERVAL_MS: '250',
      DECKWATCH_LAST_LINES: '0',
      DECKWATCH_CGROUP_ROOT: cgroup.path,
      DECKWATCH_PROC_ROOT: proc.path,
      DECKWATCH_SERVICE_ACCOUNT: cluster.folder,
      DECKWATCH_KUBERNETES_API: cluster.url,
      DECKWATCH_KUBELET_URL: cluster.url,
      ...over,
    };
    const settings = readSettings(COLLECTOR_SETTINGS, texts);
    const engine = new KubeEngine(kubeAccess(settings), systemClock, log);
    engines.push(engine);
    const quick = { DECKWATCH_INTERVAL_MS: QUICKLY_MS };
    const reader = kubeletReaderOf(engine, quick, systemClock, log, QUICKLY_MS);
    const made = await CollectorUnderTest.start(nats.url, engine, texts, log, reader);
    collectors.push(made);
    return made;
  }

  /** What happened to a container, by the word of its first run. */
  const happened = async (made: CollectorUnderTest, word = 'run-0'): Promise<string[]> =>
    (await made.messagesOf(fullId(word))).map(({ event }) => event);
  const told = (made: CollectorUnderTest, events: string[], word?: string) =>
    eventually(() => expect(happened(made, word)).resolves.toEqual(events), { timeoutMs: 10_000 });

  it.each(Object.keys(KUBERNETES) as KubernetesVersion[])(
    'publishes what the kubelet of %s has counted, with its time',
    async (version) => {
      cluster.gitVersion = version;
      cluster.put(aPod({ version }));
      const host = `v${version.replaceAll('.', '-')}`;
      const sweeps: StatsSweep[] = [];
      const samples: ContainerSample[] = [];
      const hosts: HostReport[] = [];
      bus.listen(subjects.stats(host), StatsSweep, (sweep) => sweeps.push(sweep));
      bus.listen(subjects.containerStats(host, WEB), ContainerSample, (sample) => samples.push(sample));
      bus.listen(subjects.host(host), HostReport, (report) => hosts.push(report));
      const look = (second: number) => aSummary([{ second, cpu: second / 2, mem: 60e6, limit: 256e6, rx: second * 1000, tx: second * 10 }], version); // prettier-ignore
      cluster.summary = look(10);
      await told(await collector(host), ['seen']);
      const first = cluster.count('/stats/summary');
      await eventually(() => expect(cluster.count('/stats/summary')).toBeGreaterThan(first + 1));
      cluster.summary = look(20);
      await eventually(() => expect(sweeps.at(-1)?.rows).toHaveLength(1));
      const before = cluster.count('/stats/summary');
      await eventually(() => expect(cluster.count('/stats/summary')).toBeGreaterThan(before + 3));
      expect(sweeps.filter(({ rows }) => rows.length > 0)).toEqual([
        expect.objectContaining({ t: T0 + 20_000, rows: [[WEB, 50, 60e6, 256e6, 1000, 10, null, null, null]] }),
      ]);
      expect(samples).toEqual([expect.objectContaining({ t: T0 + 20_000, cpu: 50, rd: null, wr: null, pids: null })]);
      await eventually(
        () =>
        expect(hosts.at(-1)).toMatchObject({ engine: 'up', engineVersion: version, reader: 'kubelet', running: 1, cpu: 150, mem: 2e9, memTotal: 8e9, memPercent: 25 }), // prettier-ignore
      );
    },
  );

  it('reads the files of the node where they are mounted, and the network of the pod once', async () => {
    const path = `kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod${POD_UID.replaceAll('-', '_')}.slice`;
    const scope = (word: string): string => `${path}/cri-containerd-${fullId(word)}.scope`;
    cgroup.write({ ...v1(scope('run-0')), ...v1(scope('side')) });
    for (const [pid, word] of [['801', 'run-0'], ['802', 'side']] as const) {
      proc.write({ [`${pid}/cgroup`]: `4:cpu,cpuacct:/${scope(word)}\n`, [`${pid}/net/dev`]: netDev(1000, 500) });
    } // prettier-ignore
    cluster.put(aPod({ containers: [{}, { name: 'side', id: 'side' }] }));
    const sweeps: StatsSweep[] = [];
    const hosts: HostReport[] = [];
    bus.listen(subjects.stats('files'), StatsSweep, (sweep) => sweeps.push(sweep));
    bus.listen(subjects.host('files'), HostReport, (report) => hosts.push(report));
    const { host } = await collector('files');
    await eventually(() => expect(sweeps.at(-1)?.rows).toHaveLength(2));
    const rows = new Map(sweeps.at(-1)!.rows.map((row) => [row[0], row.slice(1)]));
    expect(rows.get(WEB)).toEqual([0, 40e6, null, 0, 0, 0, 0, 3]);
    expect(rows.get(fullId('side').slice(0, 12))).toEqual([0, 40e6, null, null, null, 0, 0, 3]);
    expect(sweeps.at(-1)!.intervalMs).toBe(250);
    await eventually(() => expect(hosts.at(-1)).toMatchObject({ reader: 'cgroup', memTotal: 1000 * 1024 }));
    expect((await bus.call(`collector.${host}`, COLLECTOR_RPC, 'latest', {}))?.rows).toHaveLength(2);
  });

  it('tells what happens to containers, each exit once', async () => {
    const made = await collector('story');
    cluster.put(aPod({ containers: [{ id: '', state: waiting('ContainerCreating'), ready: false }] }));
    cluster.put(aPod());
    const lastState = ended('run-0', 0, 5, 137, { reason: 'OOMKilled' });
    cluster.put(aPod({ containers: [{ state: waiting('CrashLoopBackOff'), lastState, ready: false }] }));
    cluster.put(aPod({ containers: [{ id: 'run-1', state: running(9), lastState, restartCount: 1 }] }));
    const metadata = { deletionTimestamp: new Date().toISOString() };
    const last = { id: 'run-1', state: ended('run-1', 9, 20, 143), lastState, restartCount: 1, ready: false };
    cluster.put(aPod({ containers: [last], metadata }));
    cluster.remove(aPod({ containers: [last], metadata }));
    await told(made, ['created', 'started', 'oom', 'died', 'restarted', 'stopped', 'removed']);
    const messages = await made.messagesOf(fullId('run-0'));
    expect(messages[3]).toMatchObject({ exitCode: 137, oomKilled: true, state: 'restarting', project: 'shop', service: 'web' }); // prettier-ignore
    expect(messages[4]).toMatchObject({ restarts: 1 });
  });

  it('lists in chunks, watches from there, and takes up a watch that ended where it was', async () => {
    const pods = [0, 1, 2, 3, 4].map((n) => aPod({ uid: `${n}${POD_UID.slice(1)}`, name: `p-${n}`, containers: [{ id: `p-${n}` }] })); // prettier-ignore
    for (const pod of pods) cluster.put(pod);
    const made = await collector('chunks');
    await told(made, ['seen'], 'p-4');
    expect(cluster.asked.filter((url) => url.includes('continue='))).toHaveLength(2);
    for (const torn of [false, true]) {
      const lists = cluster.count('/api/v1/pods?fieldSelector=spec.nodeName%3Dnode-1&limit');
      await eventually(() => expect(cluster.watching).toBe(1));
      cluster.bookmark();
      cluster.endWatches(torn);
      cluster.remove(pods[torn ? 1 : 0]!);
      await told(made, ['seen', 'stopped', 'removed'], torn ? 'p-1' : 'p-0');
      expect(cluster.count('/api/v1/pods?fieldSelector=spec.nodeName%3Dnode-1&limit')).toBe(lists);
    }
  });

  it('lists anew where its place in the watch is gone (410), and tells what it missed', async () => {
    cluster.put(aPod());
    const made = await collector('gone');
    await told(made, ['seen']);
    await eventually(() => expect(cluster.watching).toBe(1));
    cluster.compact(() => {
      const lastState = ended('run-0', 0, 5, 9);
      cluster.put(aPod({ containers: [{ id: 'run-1', state: running(9), lastState, restartCount: 1 }] }));
    });
    await told(made, ['seen', 'died', 'restarted']);
    expect((await made.messagesOf(fullId('run-0')))[1]).toMatchObject({ exitCode: 9 });
  });

  it.each([
    ['410 as an answer', FAULTS.status(410)],
    ['500', FAULTS.status(500, 'etcdserver: leader changed')],
    ['a truncated answer', FAULTS.truncated],
    ['garbage', FAULTS.garbage],
  ])('goes on after %s to a watch', async (name, fault) => {
    cluster.put(aPod());
    const made = await collector(`watch-${name.replaceAll(' ', '-')}`);
    await told(made, ['seen']);
    await eventually(() => expect(cluster.watching).toBe(1));
    cluster.fail('/api/v1/pods?', fault);
    cluster.endWatches();
    cluster.remove(aPod());
    await told(made, ['seen', 'stopped', 'removed']);
  });

  it('goes on after something else in the watch', async () => {
    cluster.put(aPod());
    const made = await collector('noise');
    await told(made, ['seen']);
    for (const text of ['not json\n', '{"type":"ERROR","object":{"code":500,"message":"x"}}\n', '{"type":"WHAT"}\n', '7\n']) {
      await eventually(() => expect(cluster.watching).toBe(1));
      cluster.say(text);
      await eventually(() => expect(cluster.watching).toBe(0));
    } // prettier-ignore
    cluster.remove(aPod());
    await told(made, ['seen', 'stopped', 'removed']);
  });

  it.each([
    ['500', FAULTS.status(500)],
    ['429', FAULTS.status(429)],
    ['a truncated answer', FAULTS.truncated],
    ['garbage', FAULTS.garbage],
  ])('comes up after %s to the first list', async (name, fault) => {
    cluster.put(aPod());
    cluster.fail('/api/v1/pods?', fault);
    await told(await collector(`list-${name.replaceAll(' ', '-')}`), ['seen']);
  });

  it('says which right it lacks', async () => {
    const hosts: HostReport[] = [];
    bus.listen(subjects.host('rights'), HostReport, (report) => hosts.push(report));
    cluster.fail('/api/v1/pods?', ...Array.from({ length: 100 }, () => FAULTS.status(403, 'pods is forbidden')));
    await collector('rights');
    await eventually(() => expect(hosts.at(-1)).toMatchObject({ engine: 'none', engineReason: expect.stringContaining('`list` and `watch` on `pods`') })); // prettier-ignore
    cluster.faults.length = 0;
    await eventually(() => expect(hosts.at(-1)).toMatchObject({ engine: 'up', engineReason: null }), { timeoutMs: 10_000 }); // prettier-ignore
  });

  it('shows the new token when it was renewed, to the API server and to the kubelet', async () => {
    cluster.put(aPod());
    const made = await collector('token');
    await told(made, ['seen']);
    cluster.token = 'token-2';
    cluster.mount('token-2');
    cluster.endWatches();
    cluster.remove(aPod());
    await told(made, ['seen', 'stopped', 'removed']);
    const asked = cluster.count('/stats/summary');
    await eventually(() => expect(cluster.count('/stats/summary')).toBeGreaterThan(asked + 2));
  });

  it('is away while its token is not accepted (401), and back when it is', async () => {
    const hosts: HostReport[] = [];
    bus.listen(subjects.host('refused'), HostReport, (report) => hosts.push(report));
    cluster.put(aPod());
    const made = await collector('refused');
    await told(made, ['seen']);
    cluster.token = 'another';
    cluster.endWatches();
    await eventually(() => expect(hosts.at(-1)).toMatchObject({ engine: 'away', engineReason: expect.stringContaining('token') }), { timeoutMs: 15_000 }); // prettier-ignore
    cluster.mount('another');
    await eventually(() => expect(hosts.at(-1)).toMatchObject({ engine: 'up' }), { timeoutMs: 15_000 });
  }, 40_000);

  it('keeps the ids of containers over its own restart, and tells what happened meanwhile', async () => {
    cluster.put(aPod());
    const first = await collector('again');
    await told(first, ['seen']);
    await first.stop();
    const lastState = ended('run-0', 0, 5, 2);
    cluster.put(aPod({ containers: [{ id: 'run-1', state: running(9), lastState, restartCount: 1 }] }));
    const second = await collector('again');
    await told(second, ['seen', 'died', 'restarted']);
    expect(await happened(second, 'run-1')).toEqual([]);
  });

  it('tells details of a container from its pod', async () => {
    const spec = { command: ['serve'], args: ['--password=x'], env: [{ name: 'KEY', value: 'secret' }], ports: [{ containerPort: 80, protocol: 'TCP' }] }; // prettier-ignore
    cluster.put(aPod({ containers: [{ spec }] }));
    const made = await collector('details');
    await told(made, ['seen']);
    const details = await bus.call(`collector.${made.host}`, INSPECT_RPC, 'inspect', { id: WEB });
    expect(details).toMatchObject({
      command: 'serve --password=***',
      env: ['KEY'],
      limits: { memory: 256 * 1024 ** 2 },
    });
    expect(details.ports).toEqual([{ container: 80, protocol: 'tcp', hostIp: null, hostPort: null }]);
  });

  it('asks for pods and figures alone, and is quiet when it is stopped', async () => {
    cluster.put(aPod());
    const log = recordingLog();
    const made = await collector('quiet', {}, log);
    await told(made, ['seen']);
    await eventually(() => expect(cluster.count('/stats/summary')).toBeGreaterThan(2));
    await made.stop();
    await eventually(() => expect(cluster.watching).toBe(0));
    const paths = new Set(cluster.asked.map((url) => url.split('?')[0]));
    expect([...paths].sort()).toEqual(['/api/v1/pods', '/stats/summary', '/version']);
    expect([...log.messages('error'), ...log.messages('warn')]).toEqual([]);
  });
});
