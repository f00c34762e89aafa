import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Metrics } from './metrics.ts';
import type { Parts } from './parts.ts';

export interface OpsAnswer {
  status: number;
  type: string;
  body: string;
}

/** `/health/live`, `/health/ready` and `/metrics` of a service; undefined for every other path. */
export async function opsAnswer(path: string, parts: Parts, metrics: Metrics): Promise<OpsAnswer | undefined> {
  const json = (status: number, body: object): OpsAnswer => ({
    status,
    type: 'application/json',
    body: JSON.stringify(body),
  });
  switch (path) {
    case '/health/live':
      return json(200, { live: true });
    case '/health/ready':
      return json(parts.ready ? 200 : 503, { ready: parts.ready, parts: parts.snapshot() });
    case '/metrics':
      return { status: 200, type: metrics.registry.contentType, body: await metrics.registry.metrics() };
    default:
      return undefined;
  }
}

/** A small server for the services that have no door of their own. */
export class OpsServer {
  private readonly server: Server;

  constructor(
    private readonly parts: Parts,
    private readonly metrics: Metrics,
  ) {
    this.server = createServer((request, response) => void this.answer(request, response));
    this.server.requestTimeout = 5000;
    this.server.maxConnections = 32;
  }

  /** Resolves with the port that it listens on. */
  listen(port: number, host: string): Promise<number> {
    return new Promise((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(port, host, () => resolve((this.server.address() as AddressInfo).port));
    });
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.server.close(() => resolve());
      this.server.closeAllConnections();
    });
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (request.url ?? '/').split('?')[0]!;
    const found = request.method === 'GET' ? await opsAnswer(path, this.parts, this.metrics) : undefined;
    const { status, type, body } = found ?? { status: 404, type: 'text/plain', body: 'not found\n' };
    response.writeHead(status, { 'content-type': type }).end(body);
  }
}
