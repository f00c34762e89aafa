import { createServer, type IncomingHttpHeaders, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ReceivedCall {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
}

/** An HTTP server on loopback that answers as it is told, well or badly. */
export class OddReceiver {
  readonly calls: ReceivedCall[] = [];
  /** Bytes that it could write of an endless answer. */
  written = 0;
  answer: RequestListener = OddReceiver.says(204);
  private readonly server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url: path = '', headers } = request;
      this.calls.push({ method, path, headers, body: Buffer.concat(chunks).toString('utf8') });
      this.answer(request, response);
    });
  });

  async listen(): Promise<this> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return this;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  close(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  static says(status: number, body = '', headers: Record<string, string> = {}): RequestListener {
    return (_, response) => void response.writeHead(status, headers).end(body);
  }

  static readonly hangs: RequestListener = () => undefined;
  static readonly closes: RequestListener = (request) => void request.socket.destroy();

  /** Sends so many bytes, as fast as they are taken. */
  sends(bytes: number): RequestListener {
    const chunk = 'x'.repeat(65_536);
    return (_, response) => {
      response.writeHead(200);
      const more = () => {
        while (!response.destroyed && this.written < bytes) {
          this.written += chunk.length;
          if (!response.write(chunk)) return void response.once('drain', more);
        }
        response.end();
      };
      more();
    };
  }
}
