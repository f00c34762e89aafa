import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { chance } from '../fleet/chance.ts';

/** A receiver of webhooks that refuses one in twenty, as real ones do; it counts and keeps nothing. */
export class NoticeSink {
  taken = 0;
  refused = 0;

  private constructor(private readonly seed: number) {}

  private readonly server = createServer((request, response) => {
    request.resume().on('end', () => {
      const refuses = chance(this.seed, this.taken + this.refused, 41) < 0.05;
      if (refuses) this.refused += 1;
      else this.taken += 1;
      response.writeHead(refuses ? 503 : 204).end();
    });
  });

  static async listen(seed: number): Promise<NoticeSink> {
    const sink = new NoticeSink(seed);
    sink.server.listen(0, '127.0.0.1');
    await once(sink.server, 'listening');
    return sink;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/`;
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}
