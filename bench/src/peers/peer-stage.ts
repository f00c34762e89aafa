import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from '@nats-io/transport-node';
import { freePort, startNats } from '@deckwatch/testing';
import { ITEMS, itemsOf, publishBurst, stageGateway } from '../fanout-load.ts';
import type { DialectName } from './dialects.ts';

/** A server that hands items of a broker to its clients. */
export interface PeerStage {
  url: string;
  /** The process that has the clients. */
  pid: number;
  /** The broker behind it, where that is another one. */
  brokerPid?: number;
  token: string | undefined;
  /** What a client asks for. */
  topics: string[];
  /** Publishes so many items of some 290 bytes at once. */
  publish(turn: number, count: number): unknown;
  stop(): Promise<void>;
}

/** Deckwatch's own: the items go through a stream, as alerts do. */
async function gateway(port: number): Promise<PeerStage> {
  const { bus, gateway: { pid }, brokerPid, url, token, stop } = await stageGateway(port, 0); // prettier-ignore
  const publish = (turn: number, count: number) => publishBurst(bus, turn, count);
  return { url, pid, brokerPid, token, topics: ['alerts'], publish, stop };
}

/** The broker's own WebSocket; the server has the publisher's connection as well. */
async function broker(port: number): Promise<PeerStage> {
  const nats = await startNats({ config: `websocket { host: "127.0.0.1", port: ${port}, no_tls: true }` });
  const publisher = await connect({ servers: nats.url });
  return {
    url: `ws://127.0.0.1:${port}`,
    pid: nats.pid!,
    token: undefined,
    topics: [`${ITEMS}.>`],
    publish: (turn, count) => itemsOf(turn, count).forEach(({ subject, text }) => publisher.publish(subject, text)),
    async stop() {
      await publisher.close();
      await nats.stop();
    },
  };
}

/** A program of a few lines between broker and clients. */
async function library(kind: 'ws' | 'socket.io', port: number): Promise<PeerStage> {
  const nats = await startNats({ config: '' });
  const publisher = await connect({ servers: nats.url });
  const script = 'bench/dist/peers/peer-server.js';
  const child = spawn(process.execPath, [script, kind, String(port), nats.url, `${ITEMS}.>`], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const gone = once(child, 'exit');
  const ready = await Promise.race([once(child.stdout, 'data'), gone.then(() => undefined)]);
  if (!ready) throw new Error(`the server of ${kind} ended`);
  return {
    url: `ws://127.0.0.1:${port}`,
    pid: child.pid!,
    brokerPid: nats.pid!,
    token: undefined,
    topics: [],
    publish: (turn, count) => itemsOf(turn, count).forEach(({ subject, text }) => publisher.publish(subject, text)),
    async stop() {
      child.kill('SIGKILL');
      await gone;
      await publisher.close();
      await nats.stop();
    },
  };
}

export async function stagePeer(kind: DialectName): Promise<PeerStage> {
  const port = await freePort();
  if (kind === 'deckwatch') return gateway(port);
  return kind === 'nats' ? broker(port) : library(kind, port);
}
