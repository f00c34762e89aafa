import { parseArgs } from 'node:util';
import { ALERTS_PARTS, benchAlerts } from './alerts/alerts.ts';
import { benchBytes } from './bytes.ts';
import { benchCollector } from './collector.ts';
import { drillCluster } from './drill/cluster.ts';
import { compareFanout } from './fanout-compared.ts';
import { drillRolling } from './drill/rolling.ts';
import { benchFanout } from './fanout.ts';
import { localBroker } from './fleet/broker-address.ts';
import { benchFleet } from './fleet/fleet.ts';
import { benchPeers } from './peers/peers.ts';
import { benchScale } from './scale/scale.ts';
import { benchSessions } from './sessions/sessions.ts';
import { exitOnSignals } from './signals.ts';
import { soak } from './soak/soak.ts';
import { benchStartup } from './startup/startup.ts';
import { benchStorm } from './storm.ts';
import { benchWatchers } from './watchers/watchers.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seconds: { type: 'string' },
    containers: { type: 'string' },
    clients: { type: 'string' },
    idle: { type: 'string', default: '5000' },
    port: { type: 'string', default: '18980' },
    against: { type: 'string' },
    reader: { type: 'string', default: 'cgroup' },
    singles: { type: 'string', default: 'on' },
    load: { type: 'string', default: 'busy' },
    warmup: { type: 'string' },
    hosts: { type: 'string', default: '1' },
    name: { type: 'string', default: 'fleet' },
    seed: { type: 'string', default: '7' },
    changes: { type: 'string' },
    sessions: { type: 'string', default: '1000000' },
    part: { type: 'string', default: 'all' },
    stages: { type: 'string', default: 'off' },
    interval: { type: 'string', default: '1000' },
    rules: { type: 'string', default: '10' },
    burst: { type: 'string', default: '10' },
    events: { type: 'string', default: '12' },
    form: { type: 'string', default: 'desktop' },
    path: { type: 'string', default: '/containers' },
    rounds: { type: 'string' },
    minutes: { type: 'string', default: '30' },
    every: { type: 'string', default: '30' },
    rate: { type: 'string' },
    sizes: { type: 'string', default: '3,100,1000' },
    folder: { type: 'string', default: 'bench/results/shots' },
    alerts: { type: 'string', default: '500' },
    kills: { type: 'string' },
    shards: { type: 'string', default: '1' },
    console: { type: 'string' },
    heap: { type: 'string' },
    nats: { type: 'string' },
    only: { type: 'string', default: '' },
    data: { type: 'string', default: process.env['DECKWATCH_DATA'] ?? '.deckwatch' },
  },
});
const containersOr = (usual: number): number => Number(values.containers ?? usual);
const seconds = Number(values.seconds ?? 60);

const BENCHES: Record<string, () => Promise<void>> = {
  collector: () => {
    const load = values.load === 'quiet' ? ('quiet' as const) : ('busy' as const);
    const common = { containers: containersOr(100), load };
    const { reader, singles, only, rounds } = values;
    if (values.part !== 'peers')
      return benchCollector({ ...common, seconds, warmup: Number(values.warmup ?? 60), reader, singles });
    const times = { seconds: Number(values.seconds ?? 10), warmup: Number(values.warmup ?? 15) };
    return benchWatchers({ ...common, ...times, rounds: Number(rounds ?? 1), only });
  },
  fanout: () => {
    const options = {
      containers: containersOr(100),
      seconds,
      clients: Number(values.clients ?? 500),
      idle: Number(values.idle),
      port: Number(values.port),
    };
    if (!values.against) return benchFanout(options);
    return compareFanout({ ...options, rounds: Number(values.rounds ?? 5), against: values.against });
  },
  bytes: () =>
    benchBytes({ seconds: Number(values.seconds ?? 30), port: Number(values.port), seed: Number(values.seed) }),
  peers: () =>
    benchPeers({
      seconds: Number(values.seconds ?? 10),
      rounds: Number(values.rounds ?? 3),
      crowds: values.part === 'idle' ? [] : (values.clients ?? '1,100,1000').split(',').map(Number),
      idle: values.part === 'crowds' ? 0 : Number(values.idle),
      burst: Number(values.burst),
      only: values.only,
    }),
  fleet: () =>
    benchFleet(
      {
        nats: values.nats ?? localBroker(values.data),
        name: values.name,
        hosts: Number(values.hosts),
        containers: containersOr(100),
        seed: Number(values.seed),
        intervalMs: Number(values.interval),
        eventsPerMinute: Number(values.events),
        singles: values.singles === 'on',
      },
      Number(values.seconds ?? 600),
    ),
  scale: () =>
    benchScale({ hosts: Number(values.hosts), containers: containersOr(50), seconds: Number(values.seconds ?? 30) }),
  cluster: () => {
    const changes = Number(values.changes ?? 20);
    if (positionals[1] !== 'rolling') return drillCluster({ changes, only: values.only });
    return drillRolling({ clients: Number(values.clients ?? 1000), containers: containersOr(100), changes });
  },
  sessions: () =>
    benchSessions({
      seconds: Number(values.seconds ?? 20),
      changes: Number(values.changes ?? 1000),
      sessions: Number(values.sessions),
      part: values.part === 'live' || values.part === 'many' ? values.part : 'all',
      stages: values.stages === 'on',
      port: Number(values.port),
    }),
  alerts: () =>
    benchAlerts({
      containers: containersOr(10_000),
      seconds: Number(values.seconds ?? 3),
      alerts: Number(values.alerts),
      part: ALERTS_PARTS.find((part) => part === values.part) ?? 'all',
      rules: Number(values.rules),
      rounds: Number(values.rounds ?? 2),
    }),
  startup: () => {
    const part = values.part === 'services' || values.part === 'whole' ? values.part : 'all';
    return benchStartup({ rounds: Number(values.rounds ?? 5), part });
  },
  storm: () =>
    benchStorm({
      alerts: Number(values.alerts),
      shards: Number(values.shards),
      kills: Number(values.kills ?? 20),
      seed: Number(values.seed),
    }),
  lighthouse: async () => {
    const { benchLighthouse } = await import('./console/lighthouse.ts');
    const form = values.form === 'mobile' ? 'mobile' : 'desktop';
    await benchLighthouse({ containers: containersOr(1000), form, path: values.path });
  },
  loading: async () => {
    const { benchLoading } = await import('./console/loading.ts');
    await benchLoading({ containers: containersOr(1000), rounds: Number(values.rounds ?? 5) });
  },
  scrolling: async () => {
    const { benchScrolling } = await import('./console/scrolling.ts');
    await benchScrolling({
      containers: containersOr(5000),
      seconds: Number(values.seconds ?? 30),
      path: values.path,
      console: values.console,
    });
  },
  soak: async () => {
    if (positionals[1] !== 'console') {
      const [length = '2h', rate = '100', kills = '0'] = [positionals[1], values.rate, values.kills];
      return soak({ length, rate: Number(rate), kills, seed: Number(values.seed), heap: values.heap });
    }
    const { soakConsole } = await import('./console/soak.ts');
    const [minutes, rate, every] = [values.minutes, values.rate ?? 10, values.every].map(Number) as [number, number, number]; // prettier-ignore
    await soakConsole({ containers: containersOr(200), minutes, rate, every, heap: values.heap });
  },
  shots: async () => {
    const { takeShots } = await import('./console/shots.ts');
    await takeShots({ sizes: values.sizes.split(',').map(Number), folder: values.folder, only: values.only });
  },
};

exitOnSignals();
try {
  await BENCHES[positionals[0] ?? '']?.();
  process.exit(0);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
