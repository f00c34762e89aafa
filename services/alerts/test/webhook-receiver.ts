import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AlertMessage } from '@deckwatch/contracts';
import { Webhook } from 'standardwebhooks';
import { z } from 'zod';

export const SECRET = `whsec_${Buffer.alloc(24, 3).toString('base64')}`;

/** A notice of one alert, or of several. */
const Notice = AlertMessage.extend({ members: z.array(AlertMessage).optional() });

interface Received {
  id: string;
  attempt: number;
  /** As it came. */
  body: unknown;
  message: AlertMessage;
  accepted: boolean;
}

/** A receiver that answers as it is told, and verifies every signature. */
export class WebhookReceiver {
  readonly received: Received[] = [];
  /** Requests whose signature was wrong. */
  forged = 0;
  /** The status for the nth attempt of a notice. */
  answer: (attempt: number) => number = () => 204;
  private readonly server: Server = createServer((request, response) => {
    void this.read(request).then((status) => {
      response.statusCode = status;
      response.end('noted');
    });
  });

  /** Returns its URL. */
  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/hook`;
  }

  close(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  /** The states that were accepted of one alert, each notice once, in the order in which they were first accepted. */
  statesOf(alertId: string): string[] {
    const accepted = this.received.filter(({ accepted: ok, message }) => ok && message.id === alertId);
    return [...new Map(accepted.map(({ message }) => [message.seq, message.state])).values()];
  }

  private async read(request: IncomingMessage): Promise<number> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString('utf8');
    try {
      new Webhook(SECRET).verify(body, request.headers as Record<string, string>);
    } catch {
      this.forged += 1;
    }
    const json: unknown = JSON.parse(body);
    const message = Notice.parse(json);
    const id = String(request.headers['webhook-id']);
    const attempt = new Set(this.received.filter((before) => before.id === id).map(({ attempt: n }) => n)).size + 1;
    const status = this.answer(attempt);
    for (const member of message.members ?? [message])
      this.received.push({ id, attempt, message: member, body: json, accepted: status < 300 });
    return status;
  }
}
