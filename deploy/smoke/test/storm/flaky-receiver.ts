import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What the drill looks at of a message of an alert. */
export interface Told {
  id: string;
  seq: number;
  state: string;
  rule: { id: string };
  target: { key: string };
}

/** One message that came with a notice. */
export interface Receipt extends Told {
  /** The idempotency key. */
  key: string;
  /** Counts the notices, in the order in which they came. */
  attempt: number;
  accepted: boolean;
}

/** Ways to fail: it closes the socket, or answers with one error or another. */
const FAILURES = 3;

/** A receiver of webhooks that fails half of the time, a notice at most so often in a row; it remembers all that came. */
export class FlakyReceiver {
  readonly receipts: Receipt[] = [];
  attempts = 0;
  failures = 0;
  /** Once it is true, nothing fails any more. */
  calm = false;
  private readonly failed = new Map<string, number>();
  private readonly server: Server = createServer((request, response) => void this.take(request, response));

  constructor(
    private readonly chance: () => number,
    private readonly mostFailures: number,
  ) {}

  /** Returns its URL. */
  async listen(): Promise<string> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/`;
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  private async take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const notice = JSON.parse(Buffer.concat(chunks).toString()) as Told & { members?: Told[] };
    const key = String(request.headers['webhook-id']);
    const fails = this.fails(key);
    const attempt = (this.attempts += 1);
    for (const { id, seq, state, rule, target } of notice.members ?? [notice])
      this.receipts.push({ id, seq, state, rule, target, key, attempt, accepted: !fails });
    if (!fails) response.writeHead(204).end();
    else this.fail(response);
  }

  private fails(key: string): boolean {
    const before = this.failed.get(key) ?? 0;
    if (this.calm || before >= this.mostFailures || this.chance() < 0.5) return false;
    this.failed.set(key, before + 1);
    this.failures += 1;
    return true;
  }

  private fail(response: ServerResponse): void {
    const way = Math.floor(this.chance() * FAILURES);
    if (way === 0) response.destroy();
    else response.writeHead(way === 1 ? 500 : 503).end('not now');
  }
}
