import { randomBytes } from 'node:crypto';
import { STAT_COLS, subjects } from '@deckwatch/contracts';
import { aContainerEvent, aHostReport, anAlertMessage, eventually, startNats, testBus } from '@deckwatch/testing';
import { startService, type RunningService } from './service.ts';

export type BenchBus = Awaited<ReturnType<typeof testBus>>;

/** What the subjects of log items begin with. */
export const ITEMS = 'deckwatch.alerts.bench';
const HOST = 'bench';
const PASSWORD = 'a pass phrase for the bench';
const idOf = (index: number): string => index.toString(16).padStart(12, '0');

/** One host at 1 Hz; every second container changes, the others rest. */
export function publishSweep(bus: BenchBus, containers: number, sweep: number): void {
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

/** Log items of some 290 bytes, each with its subject; usually ten. */
export function itemsOf(burst: number, count = 10): { subject: string; text: string }[] {
  return Array.from({ length: count }, (_, index) => {
    const message = anAlertMessage({ t: Date.now(), id: `bench-${index}-${burst}`, seq: 1 });
    return { subject: `${ITEMS}.${index}`, text: JSON.stringify(message) };
  });
}

/** Log items at once, through the stream of alerts; usually ten. */
export async function publishBurst(bus: BenchBus, burst: number, count = 10): Promise<void> {
  await Promise.all(itemsOf(burst, count).map(({ subject, text }) => bus.js.publish(subject, text)));
}

/** Ticks at a fixed pace until stopped; work that is late is not caught up. */
export function everyMs(ms: number, work: (tick: number) => unknown): () => void {
  let tick = 0;
  const timer = setInterval(() => void work((tick += 1)), ms);
  return () => clearInterval(timer);
}

/** A gateway on a broker of its own, with an inventory. */
export interface GatewayStage {
  bus: BenchBus;
  gateway: RunningService;
  url: string;
  natsUrl: string;
  brokerPid: number;
  /** What lets one in; undefined: a build that asks for nothing. */
  token: string | undefined;
  stop(): Promise<void>;
}

async function signIn(url: string): Promise<string | undefined> {
  const answer = await fetch(`${url}/api/v1/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username: 'admin', password: PASSWORD }),
  });
  return ((await answer.json()) as { accessToken?: string }).accessToken;
}

/** @param folder the checkout whose built gateway it is; default: this one */
export async function stageGateway(port: number, containers: number, folder?: string): Promise<GatewayStage> {
  const nats = await startNats();
  const bus = await testBus(nats);
  const env = {
    NATS_URL: nats.url,
    DECKWATCH_PORT: String(port),
    DECKWATCH_LOG_LEVEL: 'warn',
    DECKWATCH_SECRET_KEY: randomBytes(32).toString('base64'),
    DECKWATCH_ADMIN_PASSWORD: PASSWORD,
  };
  const gateway = startService('gateway', env, folder);
  const stop = async (): Promise<void> => {
    await gateway.stop();
    await bus.close();
    await nats.stop();
  };
  try {
    for (let index = 0; index < containers; index += 1) {
      const event = aContainerEvent({ host: HOST, id: idOf(index), name: `c${index}` });
      await bus.js.publish(subjects.container(HOST, idOf(index)), JSON.stringify(event));
    }
    const http = `http://127.0.0.1:${port}`;
    const alive = async () => (await fetch(`${http}/health/live`)).ok;
    await eventually(alive, { timeoutMs: 20_000, describe: 'the gateway' });
    const url = `ws://127.0.0.1:${port}/ws`;
    return { bus, gateway, url, natsUrl: nats.url, brokerPid: nats.pid!, token: await signIn(http), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
