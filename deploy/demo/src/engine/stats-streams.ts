import type { ServerResponse } from 'node:http';
import type { Fleet } from '../simulation/fleet.ts';
import { cpuReading, statsView, type CpuReading } from './docker-views.ts';

interface Stream {
  id: string;
  response: ServerResponse;
  before: CpuReading | null;
}

/** A client that leaves this much unread is cut off: a sample is worth nothing later. */
const MOST_UNREAD_BYTES = 256 * 1024;

/** The open `stats?stream=1` answers: each gets a sample a second. */
export class StatsStreams {
  private readonly streams = new Set<Stream>();

  constructor(private readonly fleet: Fleet) {}

  open(id: string, response: ServerResponse): void {
    const stream: Stream = { id, response, before: null };
    this.streams.add(stream);
    response.once('close', () => this.streams.delete(stream));
  }

  get count(): number {
    return this.streams.size;
  }

  /** Sends a sample of the moment `t` on every stream; the stream of a container that does not run ends. */
  send(t: number): void {
    const byId = new Map(this.fleet.containers.map((container) => [container.id, container]));
    for (const stream of this.streams) {
      const container = byId.get(stream.id);
      if (!container?.running || stream.response.writableLength > MOST_UNREAD_BYTES) {
        this.streams.delete(stream);
        stream.response.end();
        continue;
      }
      stream.response.write(`${JSON.stringify(statsView(this.fleet, container, t, stream.before))}\n`);
      stream.before = cpuReading(this.fleet, container, t);
    }
  }

  close(): void {
    for (const { response } of this.streams) response.end();
    this.streams.clear();
  }
}
