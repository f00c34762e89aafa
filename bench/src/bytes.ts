import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ContainerWithStats } from '@deckwatch/contracts';
import WebSocket from 'ws';
import { stageGateway, type GatewayStage } from './fanout-load.ts';
import { Fleet } from './fleet/fleet.ts';
import { report, round } from './report.ts';

export interface BytesBench {
  seconds: number;
  port: number;
  seed: number;
}

const SETTLE_MS = 3000;
const VISIBLE = 20;

/** One client; counts what its socket takes in, frames' headers included. */
class Listener {
  updates = 0;
  private readonly socket: WebSocket;

  constructor({ url, token }: GatewayStage, subscription: object) {
    this.socket = new WebSocket(url, { perMessageDeflate: false });
    this.socket.on('message', (data: Buffer) => {
      if (data.toString('latin1', 0, 60).includes('"update"')) this.updates += 1;
    });
    this.socket.once('open', () => {
      this.socket.send(JSON.stringify({ event: 'hello', data: { protocol: 1, token } }));
      this.socket.send(JSON.stringify({ event: 'subscribe', data: { id: 1, ...subscription } }));
    });
  }

  get bytes(): number {
    return (this.socket as unknown as { _socket: { bytesRead: number } })._socket.bytesRead;
  }

  async ready(): Promise<void> {
    await once(this.socket, 'message');
  }

  close(): void {
    this.socket.terminate();
  }
}

/** Every container with every field, as the API answers. */
async function everyField({ url, token }: GatewayStage): Promise<ContainerWithStats[]> {
  const base = url.replace('ws://', 'http://').replace('/ws', '/api/v1/containers?limit=500');
  const all: ContainerWithStats[] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const answer = await fetch(base + (cursor && `&cursor=${cursor}`), {
      headers: { authorization: `Bearer ${token}` },
    });
    const page = (await answer.json()) as { items: ContainerWithStats[]; nextCursor: string | null };
    all.push(...page.items);
    cursor = page.nextCursor;
  }
  return all;
}

/** What a sample is without what its container is: the names of the figures said each time. */
const namedFigures = ({ key, stats }: ContainerWithStats): object => ({ key, ...stats });

interface Counted {
  bytesPerSweep: number;
  everyField: number;
  namedFigures: number;
}

async function count(stage: GatewayStage, containers: number, visible: boolean, options: BytesBench): Promise<Counted> {
  const { seconds, seed } = options;
  const nats = stage.natsUrl;
  const fleet = await Fleet.start({
    nats,
    name: 'bytes',
    hosts: 1,
    containers,
    seed,
    intervalMs: 1000,
    eventsPerMinute: 0,
    singles: false,
  });
  await sleep(SETTLE_MS);
  const all = await everyField(stage);
  if (all.length !== containers) throw new Error(`${all.length} containers of ${containers} are known`);
  const keys = all.slice(0, VISIBLE).map(({ key }) => key);
  const listener = new Listener(stage, visible ? { topics: ['stats.visible'], keys } : { topics: ['stats'] });
  try {
    await listener.ready();
    await sleep(SETTLE_MS);
    const before = { bytes: listener.bytes, updates: listener.updates };
    await sleep(seconds * 1000);
    const updates = listener.updates - before.updates;
    if (updates < seconds * 0.9) throw new Error(`${updates} updates in ${seconds} s`);
    const sizeOf = (items: object[]) => items.reduce((sum, item) => sum + Buffer.byteLength(JSON.stringify(item)), 0);
    return {
      bytesPerSweep: (listener.bytes - before.bytes) / updates,
      everyField: sizeOf(await everyField(stage)),
      namedFigures: sizeOf(all.map(namedFigures)),
    };
  } finally {
    listener.close();
    await fleet.stop();
  }
}

/** What a client is sent for a sweep, beside the same containers as plain JSON. */
export async function benchBytes(options: BytesBench): Promise<void> {
  const figures: Record<string, number> = {};
  for (const { name, containers, visible } of [
    { name: '100 containers', containers: 100, visible: false },
    { name: '1,000 containers', containers: 1000, visible: false },
    { name: `${VISIBLE} visible of 1,000`, containers: 1000, visible: true },
  ]) {
    const stage = await stageGateway(options.port, 0);
    try {
      const counted = await count(stage, containers, visible, options);
      figures[`${name}, bytes a sweep`] = Math.round(counted.bytesPerSweep);
      figures[`${name}, bytes a container and sweep`] = round(counted.bytesPerSweep / containers, 1);
      figures[`${name}, % of plain JSON of every field`] = round((100 * counted.bytesPerSweep) / counted.everyField, 2);
      figures[`${name}, % of plain JSON of the figures`] = round(
        (100 * counted.bytesPerSweep) / counted.namedFigures,
        2,
      );
    } finally {
      await stage.stop();
    }
  }
  report('bytes', { ...options }, figures);
}
