import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { jetstream } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { subjects, type AlertMessage } from '@deckwatch/contracts';
import { aContainerEvent, aStatsRow, aStatsSweep, containerIdOf, eventually } from '@deckwatch/testing';
import type WebSocket from 'ws';
import { StormStage } from '../../../deploy/smoke/test/storm/stage.ts';
import { openConsole, type ServerFrame } from '../console-socket.ts';
import { percentile, round, type Figures } from '../report.ts';

const HOSTS = 4;
const SWEEP_MS = 500;
const FOR_MS = 1000;
/** Alerts of one sweep, in the second part. */
const BURST = 100;
const ARRIVE_MS = 60_000;

/** Milliseconds from the `t` of the sample that made it fire, by alert. */
type Arrivals = Map<string, number>;

/** How soon an alert is told to a console and to a receiver of webhooks, through brokers and services as processes. */
export async function measureLatency(alerts: number): Promise<Figures> {
  const stage = await StormStage.open(process.cwd());
  const connection = await stage.connect();
  const fleet = new LatencyFleet(connection, alerts);
  const webhook = await Hook.listen();
  try {
    const { id } = await stage.rest<{ id: string }>('POST', '/channels', { name: 'Bench', type: 'webhook', url: webhook.url, allowPrivate: true, perMinute: 6000, concurrency: 16 }); // prettier-ignore
    await stage.rest('POST', '/alert-rules', { ...RULE, channels: [id] });
    const client = await Client.open(stage.url, stage.token);
    await fleet.appear();
    await sleep(3 * SWEEP_MS);
    await fleet.becomeBusy(alerts, 50);
    await arrived(client, webhook, alerts);
    const steady = figuresOf('one by one', client, webhook);
    await fleet.rest();
    await eventually(() => Math.min(client.resolved, webhook.resolved) >= alerts, {
      timeoutMs: ARRIVE_MS,
      describe: 'the end of all alerts',
    });
    client.arrivals.clear();
    webhook.arrivals.clear();
    const atOnce = Math.min(BURST, Math.floor(alerts / HOSTS));
    await fleet.becomeBusy(atOnce, 0);
    await arrived(client, webhook, atOnce);
    const burst = figuresOf(`${atOnce} at once`, client, webhook);
    client.close();
    return { ...steady, ...burst };
  } finally {
    fleet.leave();
    webhook.close();
    await connection.close();
    await stage.close();
  }
}

const RULE = {
  id: 'busy',
  name: 'Busy',
  target: 'container',
  condition: { metric: 'cpu', op: '>', value: 80 },
  forMs: FOR_MS,
  notify: { groupMs: 0, repeatMs: 0 },
};

async function arrived(client: Client, webhook: Hook, alerts: number): Promise<void> {
  const all = (): boolean => client.arrivals.size === alerts && webhook.arrivals.size === alerts;
  await eventually(all, { timeoutMs: ARRIVE_MS, describe: `${alerts} alerts at both ends` });
}

function figuresOf(how: string, client: Client, webhook: Hook): Figures {
  const figures: Figures = {};
  for (const [where, { arrivals }] of [
    ['WebSocket', client],
    ['webhook', webhook],
  ] as const) {
    const took = [...arrivals.values()];
    for (const [name, share] of [
      ['p50', 0.5],
      ['p99', 0.99],
      ['greatest', 1],
    ] as const)
      figures[`${how}: ms to the ${where}, ${name}`] = round(percentile(took, share), 1);
  }
  return figures;
}

/** Remembers when the firing of an alert was first told. */
function note(arrivals: Arrivals, { id, change, state, t }: AlertMessage): void {
  if (change === 'state' && state === 'firing' && !arrivals.has(id)) arrivals.set(id, Date.now() - t);
}

/** Containers that are quiet or busy; each host sends its sweeps at a moment of its own. */
class LatencyFleet {
  private readonly busyFrom: number[];
  private readonly timers: NodeJS.Timeout[] = [];

  constructor(
    private readonly connection: NatsConnection,
    private readonly size: number,
  ) {
    this.busyFrom = Array.from({ length: size }, () => Infinity);
  }

  async appear(): Promise<void> {
    const js = jetstream(this.connection);
    for (let number = 0; number < this.size; number += 1) {
      const event = aContainerEvent({ host: hostOf(number), id: containerIdOf(number), name: `web-${number}`, t: Date.now() }); // prettier-ignore
      await js.publish(subjects.container(event.host, event.id), JSON.stringify(event));
    }
    for (let host = 0; host < HOSTS; host += 1) {
      await sleep(SWEEP_MS / HOSTS);
      this.timers.push(setInterval(() => this.sweep(host), SWEEP_MS));
    }
  }

  /** The first so many, one after the other; resolves when all are. With 0 they become so within one sweep of a host. */
  async becomeBusy(count: number, everyMs: number): Promise<void> {
    const now = Date.now();
    const step = everyMs === 0 ? HOSTS : 1;
    for (let number = 0; number < count; number += 1) this.busyFrom[number * step] = now + number * everyMs;
    await sleep(count * everyMs);
  }

  async rest(): Promise<void> {
    this.busyFrom.fill(Infinity);
    await sleep(2 * SWEEP_MS);
  }

  leave(): void {
    this.timers.forEach(clearInterval);
  }

  private sweep(host: number): void {
    const t = Date.now();
    const rows = [];
    for (let number = host; number < this.size; number += HOSTS)
      rows.push(aStatsRow(containerIdOf(number), { cpu: t >= this.busyFrom[number]! ? 95 : 10 }));
    const sweep = aStatsSweep({ host: hostOf(host), t, intervalMs: SWEEP_MS, rows: rows as never });
    this.connection.publish(subjects.stats(hostOf(host)), JSON.stringify(sweep));
  }
}

const hostOf = (number: number): string => `bench-${number % HOSTS}`;

/** A console's socket on `alerts`. */
class Client {
  readonly arrivals: Arrivals = new Map();
  resolved = 0;
  private socket?: WebSocket;

  static async open(url: string, token: string): Promise<Client> {
    const client = new Client();
    client.socket = await openConsole(url, token, [{ topics: ['alerts'] }], (frame) => client.take(frame));
    return client;
  }

  close(): void {
    this.socket?.terminate();
  }

  private take({ event, data }: ServerFrame): void {
    if (event !== 'event' || data.topic !== 'alerts') return;
    const message = data.data as AlertMessage;
    note(this.arrivals, message);
    if (message.state === 'resolved') this.resolved += 1;
  }
}

/** A receiver of webhooks that takes all of them at once. */
class Hook {
  readonly arrivals: Arrivals = new Map();
  resolved = 0;
  private readonly server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const message = JSON.parse(Buffer.concat(chunks).toString()) as AlertMessage;
      note(this.arrivals, message);
      if (message.state === 'resolved') this.resolved += 1;
      response.writeHead(204).end();
    });
  });

  static async listen(): Promise<Hook> {
    const hook = new Hook();
    hook.server.listen(0, '127.0.0.1');
    await once(hook.server, 'listening');
    return hook;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/`;
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}
