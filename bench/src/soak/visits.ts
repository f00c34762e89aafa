import WebSocket from 'ws';
import { setTimeout as sleep } from 'node:timers/promises';
import { accessToken } from '@deckwatch/testing';
import { chance } from '../fleet/chance.ts';

const TOPICS = ['hosts', 'containers', 'stats', 'sessions.count', 'sessions.events', 'alerts', 'system'];
const ASK_AGAIN_MS = 1000;
const PATIENCE_MS = 5000;

interface Frame {
  event: string;
  data: { topic?: string; seq?: number; prev?: number; topics?: { topic: string; seq: number; recovered: boolean }[] };
}

/** What consoles saw, counted. */
export class Sights {
  open = 0;
  visits = 0;
  frames = 0;
  /** Items of log topics, and those whose predecessor was not the item before. */
  items = 0;
  holes = 0;
  /** Times that a console which came back was given a snapshot instead of what it had missed. */
  unrecovered = 0;
  readonly codes: Record<string, number> = {};
}

/** One console's socket: every frame is counted, and each log item must follow the one before. */
function connection(
  url: string,
  token: string,
  since: Record<string, unknown>,
  sights: Sights,
  stay: Promise<unknown>,
  politely: boolean,
): Promise<void> {
  // prettier-ignore
  return new Promise((resolve) => {
    const socket = new WebSocket(`${url.replace('http', 'ws')}/ws`, { perMessageDeflate: false, handshakeTimeout: PATIENCE_MS }); // prettier-ignore
    const last = new Map<string, number>();
    const send = (event: string, data: object): void => socket.send(JSON.stringify({ event, data }));
    socket.on('open', () => {
      sights.open += 1;
      send('hello', { protocol: 1, batch: true, token });
      send('subscribe', { id: 1, topics: TOPICS, since });
    });
    socket.on('message', (text: Buffer) => {
      for (const { event, data } of [JSON.parse(text.toString()) as Frame | Frame[]].flat()) {
        sights.frames += 1;
        for (const { topic, seq, recovered } of event === 'subscribed' ? (data.topics ?? []) : []) {
          if (!(topic in since)) continue;
          if (recovered) last.set(topic, (since[topic] as { seq: number }).seq);
          else sights.unrecovered += Number(seq > 0);
        }
        if (event === 'snapshot') last.set(data.topic!, data.seq!);
        if (event !== 'event') continue;
        sights.items += 1;
        if (data.prev !== last.get(data.topic!)) sights.holes += 1;
        last.set(data.topic!, data.seq!);
        since[data.topic!] = { epoch: (data as { epoch?: unknown }).epoch, seq: data.seq };
      }
    });
    socket.on('error', () => undefined);
    socket.on('close', (code) => {
      if (socket.readyState === WebSocket.CLOSED && code !== 1005) sights.codes[code] = (sights.codes[code] ?? 0) + 1;
      sights.open = Math.max(0, sights.open - 1);
      resolve();
    });
    void stay.then(() => (politely ? socket.close() : socket.terminate()));
  });
}

/** Somebody signs in, looks for a while, and goes: half sign out, the others close the lid. */
export async function visit(
  url: string,
  password: string,
  number: number,
  seed: number,
  sights: Sights,
): Promise<void> {
  // prettier-ignore
  sights.visits += 1;
  const token = await accessToken(url, password);
  const politely = chance(seed, number, 52) > 0.5;
  await connection(url, token, {}, sights, sleep(5000 + 50_000 * chance(seed, number, 51)), politely);
  if (!politely) return;
  const headers = { authorization: `Bearer ${token}` };
  await fetch(`${url}/api/v1/auth/logout`, { method: 'POST', headers, signal: AbortSignal.timeout(PATIENCE_MS) });
}

/** A console that stays, and comes back with where it stood when it is sent away or the gateway dies. */
export class Resident {
  private ended = false;
  private leave: () => void = () => undefined;

  constructor(
    private readonly url: string,
    /** Of a program: it does not expire meanwhile. */
    private readonly token: string,
    private readonly sights: Sights,
  ) {
    void this.stay();
  }

  stop(): void {
    this.ended = true;
    this.leave();
  }

  private async stay(): Promise<void> {
    const since: Record<string, unknown> = {};
    while (!this.ended) {
      await connection(this.url, this.token, since, this.sights, new Promise<void>((leave) => (this.leave = leave)), true); // prettier-ignore
      await sleep(ASK_AGAIN_MS);
    }
  }
}
