import { createServer, type AddressInfo, type Socket } from 'node:net';
import { anAlertMessage, selfSigned } from '@deckwatch/testing';
import type { SMTPServerOptions } from 'smtp-server';
import { MAIL_USER, MailServer } from '../../../test/mail-server.ts';
import { AddressRefused } from '../address-guard.ts';
import { sendEmail, type EmailTarget, type MailOptions } from './email.ts';

const NAME = 'mail.example';
const { cert, key } = selfSigned(NAME);
const resolve = async () => [{ address: '127.0.0.1', family: 4 as const }];
const notice = { id: 'busy-alpha-1.2.mail', message: anAlertMessage({ severity: 'critical' }) };

describe('e-mail', () => {
  let server: MailServer;
  const serve = async (options: SMTPServerOptions) => (server = await new MailServer(options).listen());
  afterEach(() => server?.close());

  const target = (over: Partial<EmailTarget> = {}): EmailTarget => ({
    host: NAME,
    port: server.port,
    security: 'none',
    user: null,
    password: null,
    from: 'deck@example.org',
    to: ['ops@example.org'],
    allowPrivate: true,
    ...over,
  });
  const send = (over: Partial<EmailTarget> = {}, options: MailOptions = {}) =>
    sendEmail(target(over), notice, { resolve, timeoutMs: 2000, ca: cert, ...options });
  const signedIn = { user: MAIL_USER.user, password: MAIL_USER.password };

  it('says in plain text what stands how, with the same id at every attempt', async () => {
    await serve({ disabledCommands: ['STARTTLS', 'AUTH'] });
    expect(await send()).toMatchObject({ ok: true, status: 250 });
    const [{ text, from, to } = { text: '', from: '', to: [] }] = server.mails;
    expect([from, to]).toEqual(['deck@example.org', ['ops@example.org']]);
    expect(text).toContain('Subject: [critical] firing: Busy container, web');
    expect(text).toContain('cpu of web is 95, over 80');
    expect(text).toContain('Message-ID: <busy-alpha-1.2.mail@deckwatch.invalid>');
    expect(text).toContain('Auto-Submitted: auto-generated');
  });

  it.each(['tls', 'starttls'] as const)('signs in by %s', async (security) => {
    await serve({ cert, key, secure: security === 'tls' });
    expect(await send({ security, ...signedIn })).toMatchObject({ ok: true });
    expect(server.mails).toMatchObject([{ secure: true, user: MAIL_USER.user }]);
  });

  it('is not sent where the server offers no TLS though it is asked for', async () => {
    await serve({ disabledCommands: ['STARTTLS'] });
    expect(await send({ security: 'starttls', ...signedIn }).catch((error: Error) => error)).not.toMatchObject({
      ok: true,
    });
    expect(server.mails).toHaveLength(0);
  });

  it.each([
    ['of another name', { host: 'other.example' }, { ca: cert }],
    ['that nobody vouches for', {}, { ca: undefined }],
  ])('is not sent to a server with a certificate %s', async (_name, over, options) => {
    await serve({ cert, key, secure: true });
    await expect(send({ security: 'tls', ...over }, options)).rejects.toThrow(/certificate|altnames/i);
    expect(server.mails).toHaveLength(0);
  });

  it('shows that the server does not know the user', async () => {
    await serve({ cert, key });
    const answer = await send({ security: 'starttls', user: 'deck', password: 'wrong' });
    expect(answer).toMatchObject({ ok: false, status: 535, answer: expect.stringContaining('no such user') as string });
  });

  it('is taken when some recipients are refused for good, and tried again when one is for now', async () => {
    await serve({ disabledCommands: ['STARTTLS', 'AUTH'] });
    const some = await send({ to: ['ops@example.org', 'nobody@example.org'] });
    expect(some).toMatchObject({
      ok: true,
      answer: expect.stringMatching(/nobody@example.org not taken: 550/) as string,
    });
    expect(await send({ to: ['ops@example.org', 'full@example.org'] })).toMatchObject({ ok: false });
    expect(await send({ to: ['nobody@example.org'] })).toMatchObject({ ok: false, status: 550 });
  });

  it('has no second line in its subject, whatever a container is called', async () => {
    await serve({ disabledCommands: ['STARTTLS', 'AUTH'] });
    const named = { kind: 'container', key: 'a.1', name: 'web\r\nBcc: all@example.org', host: 'a' } as const;
    await sendEmail(target(), { id: 'x', message: anAlertMessage({ target: named }) }, { resolve });
    expect(server.mails[0]!.text).not.toMatch(/^Bcc:/m);
    expect(server.mails[0]!.to).toEqual(['ops@example.org']);
  });

  it('reaches no private address unless that is allowed', async () => {
    await serve({});
    await expect(send({ allowPrivate: false })).rejects.toThrow(AddressRefused);
    await expect(send({ allowPrivate: false, host: '127.0.0.1' })).rejects.toThrow(AddressRefused);
  });

  it.each<[string, (socket: Socket) => void, RegExp]>([
    ['hangs', () => undefined, /no answer within 300 ms|Greeting never received/],
    ['closes the socket', (socket) => void socket.destroy(), /closed|hang up|ECONNRESET/i],
    [
      'greets without end',
      (socket) => void setInterval(() => socket.write('220-more\r\n'), 20).unref(),
      /no answer within 300 ms|Greeting never received/,
    ],
  ])('is given up at a server that %s', async (_name, behave, message) => {
    const sockets: Socket[] = [];
    const odd = createServer((socket) => {
      sockets.push(socket.on('error', () => undefined));
      behave(socket);
    });
    await new Promise<void>((done) => odd.listen(0, '127.0.0.1', done));
    await serve({});
    await expect(send({ port: (odd.address() as AddressInfo).port }, { timeoutMs: 300 })).rejects.toThrow(message);
    sockets.forEach((socket) => socket.destroy());
    odd.close();
  });
});
