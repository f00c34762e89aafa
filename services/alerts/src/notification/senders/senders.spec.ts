import { anAlertMessage, A_MOMENT } from '@deckwatch/testing';
import { Webhook } from 'standardwebhooks';
import { OddReceiver } from '../../../test/odd-receiver.ts';
import { someLastWords } from '../../../test/support.ts';
import { groupNotice } from '../group-notice.ts';
import { plainText, textOf } from '../notice.ts';
import { sendNtfy } from './ntfy.ts';
import { sendSlack } from './slack.ts';
import { secretFault, sendWebhook, signedHeaders } from './webhook.ts';

const BASE64 = 'MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const notice = (over: Parameters<typeof anAlertMessage>[0] = {}) => ({
  id: 'busy-1.2.on-call',
  message: anAlertMessage(over),
});
const resolved = { state: 'resolved', resolvedAt: A_MOMENT + 60_000, message: 'web: recovered' } as const;

describe('what is sent', () => {
  let receiver: OddReceiver;
  const target = () => ({ url: receiver.url, allowPrivate: true });
  const json = () => JSON.parse(receiver.calls[0]!.body) as Record<string, unknown>;

  beforeEach(async () => {
    receiver = await new OddReceiver().listen();
  });
  afterEach(() => receiver.close());

  it.each([`whsec_${BASE64}`, BASE64])('to a webhook verifies with the same secret: %s', async (secret) => {
    await sendWebhook({ ...target(), secret }, notice());
    const [{ headers, body } = { headers: {}, body: '' }] = receiver.calls;
    expect(new Webhook(secret).verify(body, headers as Record<string, string>)).toEqual(anAlertMessage());
    const wrong = new Webhook(`whsec_${Buffer.alloc(24, 1).toString('base64')}`);
    expect(() => wrong.verify(body, headers as Record<string, string>)).toThrow();
  });

  it('to a webhook has the same id at every attempt, and no signature without a secret', () => {
    expect(signedHeaders('a.1.b', 'x', null, 1_000_500)).toEqual({
      'webhook-id': 'a:1:b',
      'webhook-timestamp': '1000',
    });
  });

  it.each([
    ['whsec_ alone', 'whsec_'],
    ['text that is no base64', 'any text of some length'],
    ['base64 without its end', BASE64.slice(0, -1)],
    ['too short', Buffer.alloc(23).toString('base64')],
    ['too long', Buffer.alloc(65).toString('base64')],
  ])('is not signed with a secret that is %s', (_name, secret) => {
    expect(secretFault(secret)).toMatch(/^allowed: 24 to 64 bytes in base64/);
  });

  it.each([24, 32, 64])('may be signed with a secret of %d bytes', (bytes) => {
    expect(secretFault(Buffer.alloc(bytes, 7).toString('base64'))).toBeUndefined();
  });

  it('to Slack is coloured, and calls nobody by a name that is written like a mention', async () => {
    const call = { kind: 'container', key: 'alpha.1', name: '<!channel> & co', host: 'alpha' } as const;
    await sendSlack(target(), notice({ severity: 'critical', target: call, message: '<!here> is busy' }));
    const { text, attachments } = json() as { text: string; attachments: Record<string, unknown>[] };
    expect(text).toBe('firing: Busy container, &lt;!channel&gt; &amp; co');
    expect(attachments[0]).toMatchObject({ color: '#dc2626', text: '&lt;!here&gt; is busy' });
    expect(receiver.calls[0]!.body).not.toMatch(/<!/);
    expect(receiver.calls[0]!.headers['idempotency-key']).toBe('busy-1.2.on-call');
  });

  it('to Slack looks calm when it is over', async () => {
    await sendSlack(target(), notice({ ...resolved, severity: 'critical' }));
    expect(json()).toMatchObject({ attachments: [{ color: '#16a34a' }] });
  });

  it('to ntfy goes to the topic, urgent as the alert is, with the token', async () => {
    await sendNtfy({ ...target(), url: `${receiver.url}/ops`, token: 'tk_1' }, notice({ severity: 'critical' }));
    expect(receiver.calls[0]).toMatchObject({ method: 'POST', path: '/', headers: { authorization: 'Bearer tk_1' } });
    expect(json()).toMatchObject({
      topic: 'ops',
      title: 'firing: Busy container, web',
      priority: 5,
      tags: ['rotating_light'],
    });
    expect(json()['message']).toContain('cpu of web is 95, over 80');
  });

  it('to ntfy is no longer than it takes, and needs no token', async () => {
    await sendNtfy({ ...target(), url: `${receiver.url}/ops`, token: null }, notice({ message: 'ü'.repeat(9000) }));
    expect(Buffer.byteLength(String(json()['message']))).toBeLessThan(4096);
    expect(receiver.calls[0]!.headers.authorization).toBeUndefined();
  });

  it('of several alerts names each, in words', () => {
    const other = { kind: 'container', key: 'alpha.2', name: 'db', host: 'alpha' } as const;
    const both = [anAlertMessage(), anAlertMessage({ target: other, message: 'db is busy' })] as const;
    const text = textOf({ id: 'x', message: groupNotice(both) });
    expect(text.title).toBe('firing: Busy container, 2 alerts');
    expect(plainText(text)).toContain('firing: cpu of web is 95, over 80\nfiring: db is busy');
  });

  it('of a container that died tells its last words', async () => {
    const lines = ['starting', 'no <memory> left `today`'];
    const lastWords = someLastWords({
      exitCode: 137,
      oomKilled: true,
      memPeak: 66_000_000,
      memLimit: 67_108_864,
      lines,
    });
    const died = { ...notice({ metric: null }), lastWords };
    await sendWebhook({ ...target(), secret: null }, died);
    expect(json()).toEqual({ ...died.message, lastWords });
    receiver.calls.splice(0);
    await sendSlack(target(), died);
    const { attachments } = json() as { attachments: { text: string; fields: { title: string; value: string }[] }[] };
    expect(attachments[0]!.text).toContain("```starting\nno &lt;memory&gt; left 'today'```");
    expect(attachments[0]!.fields).toContainEqual({ title: 'exit code', value: '137, out of memory', short: true });
    expect(plainText(textOf(died), 1)).toMatch(
      /most memory used: .+ of .+\n[^]*last lines of its log:\nno <memory> left/,
    );
  });
});
