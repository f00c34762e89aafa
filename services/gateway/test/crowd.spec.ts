import { readFileSync } from 'node:fs';
import { WebSocket } from 'ws';
import type { Bus } from '@deckwatch/bus';
import { subjects } from '@deckwatch/contracts';
import {
  aHostReport,
  aSessionEvent,
  aStatsRow,
  aStatsSweep,
  anAlertMessage,
  buildService,
  containerIdOf,
  describeWith,
  eventually,
  freePort,
  ServiceProcess,
  startNats,
  testBus,
  type NatsServer,
} from '@deckwatch/testing';
import { signIn } from './sign-in.ts';
import { ADMIN_PASSWORD, SECRET_KEY, tokens } from './tokens.ts';

const READERS = 900;
const DEAF = 100;
const ROUNDS = 3;
const ALERTS = 20;
const MIB = 1024 * 1024;
/** What may wait for each deaf client before it is ended, with as much again on its way to be cleared; and the log that is kept to answer those who return. */
const MOST_BYTES = DEAF * 2 * MIB + 64 * MIB;
/** Log items of a round, in messages and bytes of each: more than a socket and the gateway hold for one client. */
const FLOOD = { messages: 5000, bytes: 2700 };

/** A client that counts what comes and keeps none of it. */
class Counter {
  alerts = 0;
  sweeps = 0;
  dropped = 0;
  closed?: number;

  private constructor(readonly socket: WebSocket) {}

  static async open(port: number, topics: string[]): Promise<Counter> {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/ws`);
    const client = new Counter(socket);
    socket.on('error', () => undefined);
    socket.on('close', (code) => (client.closed = code));
    socket.on('message', (data: Buffer) => client.take(data.toString('latin1')));
    socket.on('open', () => {
      socket.send(JSON.stringify({ event: 'hello', data: { protocol: 1, batch: true, token: tokens.get(port) } }));
      socket.send(JSON.stringify({ event: 'subscribe', data: { id: 1, topics } }));
    });
    await new Promise<void>((resolve) => socket.on('message', (data) => String(data).includes('"subscribed"') && resolve())); // prettier-ignore
    return client;
  }

  private take(text: string): void {
    this.alerts += text.split('"event":"event"').length - 1;
    if (text.includes('"event":"update"')) this.sweeps += 1;
    if (text.includes('"event":"dropped"')) this.dropped += 1;
  }
}

async function openMany(count: number, port: number, topics: string[]): Promise<Counter[]> {
  const clients: Counter[] = [];
  while (clients.length < count) {
    const some = Math.min(50, count - clients.length);
    clients.push(...(await Promise.all(Array.from({ length: some }, () => Counter.open(port, topics)))));
  }
  return clients;
}

describeWith('nats')('a thousand clients of which a hundred never read', () => {
  let nats: NatsServer;
  let bus: Bus;
  let service: Awaited<ReturnType<typeof buildService>>;
  let gateway: ServiceProcess;
  let port: number;
  let readers: Counter[];
  let before = 0;
  let peak = 0;
  let watch: NodeJS.Timeout;

  const residentBytes = (): number =>
    Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${gateway.pid}/status`, 'utf8'))?.[1]) * 1024;

  beforeAll(async () => {
    [nats, service, port] = await Promise.all([startNats(), buildService('gateway'), freePort()]);
    bus = await testBus(nats);
    gateway = new ServiceProcess(service.file, {
      NATS_URL: nats.url,
      DECKWATCH_PORT: String(port),
      DECKWATCH_SECRET_KEY: SECRET_KEY,
      DECKWATCH_ADMIN_PASSWORD: ADMIN_PASSWORD,
    });
    gateway.start();
    await eventually(async () => expect((await fetch(`http://127.0.0.1:${port}/health/live`)).status).toBe(200), {
      timeoutMs: 20_000,
    });
    tokens.set(port, await signIn(port));
    bus.publish(subjects.host('alpha'), aHostReport());
    readers = await openMany(READERS, port, ['stats', 'alerts']);
    before = residentBytes();
    watch = setInterval(() => (peak = Math.max(peak, residentBytes())), 50);
  }, 60_000);

  afterAll(async () => {
    clearInterval(watch);
    readers?.forEach(({ socket }) => socket.terminate());
    await gateway?.end('SIGTERM');
    await bus?.close();
    await nats?.stop();
    await service?.remove();
  });

  async function flood(round: number): Promise<void> {
    const attrs = { a: 'x'.repeat(900), b: 'y'.repeat(900), c: 'z'.repeat(FLOOD.bytes - 1800) };
    for (let n = 0; n < FLOOD.messages; n += 100) {
      const some = Array.from({ length: 100 }, (_, at) => {
        const event = aSessionEvent({ id: `s-${round}-${n + at}`, attrs });
        return bus.js.publish(subjects.session('shop', 'created'), JSON.stringify(event));
      });
      await Promise.all(some);
    }
  }

  async function round(number: number): Promise<void> {
    const deaf = await openMany(DEAF, port, ['sessions.events', 'stats']);
    deaf.forEach(({ socket }) => socket.pause());
    const flooded = flood(number);
    for (let n = 0; n < ALERTS; n += 1) {
      const alert = anAlertMessage({ id: `cpu-alpha-${number}-${n}` });
      bus.publish(subjects.host('alpha'), aHostReport());
      await bus.js.publish(subjects.alert('cpu', `alpha-${number}-${n}`), JSON.stringify(alert));
      bus.publish(
        subjects.stats('alpha'),
        aStatsSweep({ t: Date.now(), rows: [aStatsRow(containerIdOf(1), { cpu: n })] as never }),
      );
    }
    await flooded;
    await eventually(() => expect(readers.filter(({ alerts }) => alerts !== ALERTS * number)).toEqual([]), {
      timeoutMs: 20_000,
    });
    await eventually(
      async () => {
        const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
        expect(metrics).toContain(`deckwatch_gateway_closed_connections{code="4008",service="gateway"} ${DEAF * number}`);
      },
      { timeoutMs: 20_000 },
    ); // prettier-ignore
    deaf.forEach(({ socket }) => socket.terminate());
  }

  it('ends the deaf, loses nothing for the others, and holds no more than a bounded backlog for each', async () => {
    for (let number = 1; number <= ROUNDS; number += 1) await round(number);
    expect(readers.filter(({ closed, dropped }) => closed !== undefined || dropped > 0)).toEqual([]);
    expect(readers.every(({ sweeps }) => sweeps >= ROUNDS)).toBe(true);
    expect(peak - before).toBeLessThan(MOST_BYTES);
  }, 120_000);
});
