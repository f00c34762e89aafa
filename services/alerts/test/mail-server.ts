import type { AddressInfo } from 'node:net';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';

export interface ReceivedMail {
  from: string;
  to: string[];
  text: string;
  secure: boolean;
  user: string | undefined;
}

/** What a recipient is refused with, by the part of the address before the @. */
const REFUSALS: Record<string, number> = { full: 452, nobody: 550 };
export const MAIL_USER = { user: 'deck', password: 'hush hush' };

/** An SMTP server on loopback that knows one user, takes mail, and refuses `full@` for now and `nobody@` for good. */
export class MailServer {
  readonly mails: ReceivedMail[] = [];
  private readonly server: SMTPServer;

  constructor(options: SMTPServerOptions) {
    this.server = new SMTPServer({
      authOptional: true,
      logger: false,
      closeTimeout: 100,
      onAuth: ({ username, password }, _session, done) => {
        const known = username === MAIL_USER.user && password === MAIL_USER.password;
        done(known ? null : refusal(535, 'no such user'), { user: username });
      },
      onRcptTo: ({ address }, _session, done) => {
        const code = REFUSALS[address.split('@')[0]!];
        done(code === undefined ? null : refusal(code, 'not for me'));
      },
      onData: (stream, session, done) => {
        const chunks: Buffer[] = [];
        stream.on('data', (chunk: Buffer) => chunks.push(chunk));
        stream.on('end', () => {
          const { mailFrom, rcptTo } = session.envelope;
          this.mails.push({
            from: mailFrom ? mailFrom.address : '',
            to: rcptTo.map(({ address }) => address),
            text: Buffer.concat(chunks).toString('utf8'),
            secure: session.secure,
            user: session.user as string | undefined,
          });
          done(null);
        });
      },
      ...options,
    });
    // A client that does not like the certificate hangs up.
    this.server.on('error', () => undefined);
  }

  async listen(): Promise<this> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', () => resolve()));
    return this;
  }

  get port(): number {
    return (this.server.server.address() as AddressInfo).port;
  }

  close(): Promise<void> {
    return new Promise((resolve) => this.server.close(() => resolve()));
  }
}

function refusal(responseCode: number, message: string): Error {
  return Object.assign(new Error(message), { responseCode });
}
