import { parseArgs } from 'node:util';
import { benchCollector } from './collector.ts';
import { benchFanout } from './fanout.ts';
import { localBroker } from './fleet/broker-address.ts';
import { benchFleet } from './fleet/fleet.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seconds: { type: 'string' },
    containers: { type: 'string', default: '100' },
    clients: { type: 'string', default: '500' },
    idle: { type: 'string', default: '5000' },
    port: { type: 'string', default: '18980' },
    reader: { type: 'string', default: 'cgroup' },
    singles: { type: 'string', default: 'on' },
    load: { type: 'string', default: 'busy' },
    warmup: { type: 'string', default: '60' },
    hosts: { type: 'string', default: '1' },
    name: { type: 'string', default: 'fleet' },
    seed: { type: 'string', default: '7' },
    interval: { type: 'string', default: '1000' },
    events: { type: 'string', default: '12' },
    nats: { type: 'string' },
    data: { type: 'string', default: process.env['DECKWATCH_DATA'] ?? '.deckwatch' },
  },
});
const containers = Number(values.containers);
const seconds = Number(values.seconds ?? 60);

const BENCHES: Record<string, () => Promise<void>> = {
  collector: () =>
    benchCollector({
      containers,
      seconds,
      warmup: Number(values.warmup),
      reader: values.reader,
      singles: values.singles,
      load: values.load === 'quiet' ? 'quiet' : 'busy',
    }),
  fanout: () =>
    benchFanout({
      containers,
      seconds,
      clients: Number(values.clients),
      idle: Number(values.idle),
      port: Number(values.port),
    }),
  fleet: () =>
    benchFleet(
      {
        nats: values.nats ?? localBroker(values.data),
        name: values.name,
        hosts: Number(values.hosts),
        containers,
        seed: Number(values.seed),
        intervalMs: Number(values.interval),
        eventsPerMinute: Number(values.events),
        singles: values.singles === 'on',
      },
      Number(values.seconds ?? 600),
    ),
};

try {
  await BENCHES[positionals[0] ?? '']?.();
  process.exit(0);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
