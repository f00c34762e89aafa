import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { STAT_COLS, subjects } from '@deckwatch/contracts';
import { aContainerEvent, aHostReport, anAlertMessage, eventually, startNats, testBus } from '@deckwatch/testing';
import { Generator } from './generator.ts';
import { costOf } from './process-tree.ts';
import { percentile, report, round } from './report.ts';
import { startService } from './service.ts';

export interface FanoutBench {
  clients: number;
  containers: number;
  seconds: number;
  idle: number;
  port: number;
}

/** A gateway under load: where it is, and what lets one in. */
interface Door {
  url: string;
  token: string;
}

type Bus = Awaited<ReturnType<typeof testBus>>;

const HOST = 'bench';
const PASSWORD = 'a pass phrase for the bench';
const idOf = (index: number): string => index.toString(16).padStart(12, '0');

/** One host at 1 Hz; every second container changes, the others rest. */
function publishSweep(bus: Bus, containers: number, sweep: number): void {
  const rows = Array.from({ length: containers }, (_, index) => {
    const beat = index % 2 === 0 ? sweep : 0;
    return [
      idOf(index),
      12.34 + (beat % 70),
      104_857_600 + beat * 4096,
      536_870_912,
      1000 + beat,
      2000 + beat,
      300 + beat,
      4000 + beat,
      12,
    ];
  });
  const t = Date.now();
  bus.publish(subjects.stats(HOST), { v: 1, t, host: HOST, intervalMs: 1000, cols: STAT_COLS, rows });
  bus.publish(subjects.host(HOST), aHostReport({ host: HOST, t }));
}

/** Ten log items at once. */
async function publishBurst(bus: Bus, burst: number): Promise<void> {
  const one = (index: number) => {
    const message = anAlertMessage({ t: Date.now(), id: `bench-${index}-${burst}`, seq: 1 });
    return bus.js.publish(`deckwatch.alerts.bench.${index}`, JSON.stringify(message));
  };
  await Promise.all(Array.from({ length: 10 }, (_, index) => one(index)));
}

/** Ticks at a fixed pace until stopped; work that is late is not caught up. */
function everyMs(ms: number, work: (tick: number) => unknown): () => void {
  let tick = 0;
  const timer = setInterval(() => void work((tick += 1)), ms);
  return () => clearInterval(timer);
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
  bus: Bus,
  { url, token }: Door,
  pid: number,
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

async function measureLog(bus: Bus, { url, token }: Door, pid: number, options: FanoutBench): Promise<Measured> {
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

async function measureIdle({ url, token }: Door, pid: number, connections: number): Promise<number> {
  const generator = Generator.start(token);
  const before = costOf(pid).rss;
  await generator.open(url, connections, []);
  await sleep(5000);
  const after = costOf(pid).rss;
  generator.stop();
  await sleep(3000);
  return (after - before) / connections;
}

async function signIn(url: string): Promise<string> {
  const answer = await fetch(`${url}/api/v1/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username: 'admin', password: PASSWORD }),
  });
  return ((await answer.json()) as { accessToken: string }).accessToken;
}

/** What the gateway's process costs for each client, container and sweep, and for each log item and client. */
export async function benchFanout(options: FanoutBench): Promise<void> {
  const nats = await startNats();
  const bus = await testBus(nats);
  const port = String(options.port);
  const gateway = startService('gateway', {
    NATS_URL: nats.url,
    DECKWATCH_PORT: port,
    DECKWATCH_LOG_LEVEL: 'warn',
    DECKWATCH_SECRET_KEY: randomBytes(32).toString('base64'),
    DECKWATCH_ADMIN_PASSWORD: PASSWORD,
  });
  try {
    for (let index = 0; index < options.containers; index += 1) {
      const event = aContainerEvent({ host: HOST, id: idOf(index), name: `c${index}` });
      await bus.js.publish(subjects.container(HOST, idOf(index)), JSON.stringify(event));
    }
    const alive = async () => (await fetch(`http://127.0.0.1:${port}/health/live`)).ok;
    await eventually(alive, { timeoutMs: 20_000, describe: 'the gateway' });
    const door = { url: `ws://127.0.0.1:${port}/ws`, token: await signIn(`http://127.0.0.1:${port}`) };
    const stats = await measureStats(bus, door, gateway.pid, options);
    await sleep(3000);
    const log = await measureLog(bus, door, gateway.pid, options);
    await sleep(3000);
    const idle = await measureIdle(door, gateway.pid, options.idle);
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
      'gateway resident MiB': round(costOf(gateway.pid).rss / 1024 / 1024, 1),
    }); // prettier-ignore
  } finally {
    await gateway.stop();
    await bus.close();
    await nats.stop();
  }
}
