import { parseArgs } from 'node:util';
import { benchCollector } from './collector.ts';
import { benchFanout } from './fanout.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seconds: { type: 'string', default: '60' },
    containers: { type: 'string', default: '100' },
    clients: { type: 'string', default: '500' },
    idle: { type: 'string', default: '5000' },
    port: { type: 'string', default: '18980' },
    reader: { type: 'string', default: 'cgroup' },
    singles: { type: 'string', default: 'on' },
    load: { type: 'string', default: 'busy' },
    warmup: { type: 'string', default: '60' },
  },
});
const containers = Number(values.containers);
const seconds = Number(values.seconds);
if (positionals[0] === 'collector') {
  await benchCollector({
    containers,
    seconds,
    warmup: Number(values.warmup),
    reader: values.reader,
    singles: values.singles,
    load: values.load === 'quiet' ? 'quiet' : 'busy',
  });
} else {
  await benchFanout({
    containers,
    seconds,
    clients: Number(values.clients),
    idle: Number(values.idle),
    port: Number(values.port),
  });
}
process.exit(0);
