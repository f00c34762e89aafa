import { setTimeout as sleep } from 'node:timers/promises';
import { everyMs, publishBurst, publishSweep, stageGateway, type GatewayStage } from './fanout-load.ts';
import { Generator } from './generator.ts';
import { costOf } from './process-tree.ts';
import { percentile, report, round } from './report.ts';

export interface FanoutBench {
  clients: number;
  containers: number;
  seconds: number;
  idle: number;
  port: number;
}

interface Measured {
  cpuMs: number;
  seconds: number;
  frames: number;
  items: number;
  bytes: number;
  latencies: number[];
}

async function measure(pid: number, generator: Generator, seconds: number): Promise<Measured> {
  await sleep(5000);
  await generator.mark();
  const before = costOf(pid);
  await sleep(seconds * 1000);
  const after = costOf(pid);
  return { ...(await generator.mark()), cpuMs: after.cpuMs - before.cpuMs, seconds };
}

async function measureStats(
  { bus, gateway: { pid }, url, token }: GatewayStage,
  options: FanoutBench,
): Promise<Measured & { p99: number }> {
  const stop = everyMs(1000, (sweep) => publishSweep(bus, options.containers, sweep));
  const generator = Generator.start(token);
  try {
    await generator.open(url, options.clients, ['stats']);
    const half = await measure(pid, generator, options.seconds);
    const more = 1000 - options.clients;
    if (more > 0) await generator.open(url, more, ['stats']);
    const full = await measure(pid, generator, Math.min(30, options.seconds));
    return { ...half, p99: percentile(full.latencies, 0.99) };
  } finally {
    stop();
    generator.stop();
  }
}

async function measureLog(
  { bus, gateway: { pid }, url, token }: GatewayStage,
  options: FanoutBench,
): Promise<Measured> {
  const generator = Generator.start(token);
  await generator.open(url, options.clients, ['alerts']);
  const stop = everyMs(200, (burst) => publishBurst(bus, burst));
  try {
    return await measure(pid, generator, options.seconds);
  } finally {
    stop();
    generator.stop();
  }
}

async function measureIdle({ gateway: { pid }, url, token }: GatewayStage, connections: number): Promise<number> {
  const generator = Generator.start(token);
  const before = costOf(pid).rss;
  await generator.open(url, connections, []);
  await sleep(5000);
  const after = costOf(pid).rss;
  generator.stop();
  await sleep(3000);
  return (after - before) / connections;
}

/** What the gateway's process costs for each client, container and sweep, and for each log item and client. */
export async function benchFanout(options: FanoutBench): Promise<void> {
  const stage = await stageGateway(options.port, options.containers);
  try {
    const stats = await measureStats(stage, options);
    await sleep(3000);
    const log = await measureLog(stage, options);
    await sleep(3000);
    const idle = await measureIdle(stage, options.idle);
    const current = options.clients * options.containers * stats.seconds;
    report('fanout', { ...options }, {
      'stats: CPU µs per client, container and sweep': round((stats.cpuMs * 1000) / current),
      'stats: frames per client and second': round(stats.frames / options.clients / stats.seconds, 2),
      'stats: bytes per client and second': round(stats.bytes / options.clients / stats.seconds, 0),
      'stats: ms from the sweep to the socket, p50': percentile(stats.latencies, 0.5),
      'stats: ms from the sweep to the socket, p99': percentile(stats.latencies, 0.99),
      'stats: ms to the socket at 1,000 clients, p99': stats.p99,
      'log: items per client and second': round(log.items / options.clients / log.seconds, 2),
      'log: CPU µs per item and client': round((log.cpuMs * 1000) / log.items),
      'log: ms from the item to the socket, p99': percentile(log.latencies, 0.99),
      'KiB per idle connection': round(idle / 1024, 1),
      'gateway resident MiB': round(costOf(stage.gateway.pid).rss / 1024 / 1024, 1),
    }); // prettier-ignore
  } finally {
    await stage.stop();
  }
}
