import { anAlertMessage } from '@deckwatch/testing';
import { OddReceiver } from '../../../test/odd-receiver.ts';
import { AddressRefused } from '../address-guard.ts';
import type { CallOptions } from '../http-call.ts';
import type { OpenChannel } from '../open-channel.ts';
import { send } from './send.ts';

const GIB = 1024 ** 3;
const shared = { id: 'x', name: 'x', perMinute: 60, concurrency: 1 };
const channels: Record<string, (url: string, allowPrivate: boolean) => OpenChannel> = {
  webhook: (url, allowPrivate) => ({ ...shared, type: 'webhook', url: `${url}/hook`, secret: null, allowPrivate }),
  slack: (url, allowPrivate) => ({ ...shared, type: 'slack', url: `${url}/services/x`, allowPrivate }),
  ntfy: (url, allowPrivate) => ({ ...shared, type: 'ntfy', url: `${url}/ops`, token: null, allowPrivate }),
  heartbeat: (url, allowPrivate) => ({ ...shared, type: 'heartbeat', url: `${url}/ping`, allowPrivate }),
};

describe.each(Object.entries(channels))('%s at a receiver', (_type, channelAt) => {
  let receiver: OddReceiver;
  const sendTo = (options: CallOptions = {}, allowPrivate = true, url = receiver.url) =>
    send(
      channelAt(url, allowPrivate),
      { id: 'busy-1.1.x', message: anAlertMessage() },
      { timeoutMs: 3000, ...options },
    );

  beforeEach(async () => {
    receiver = await new OddReceiver().listen();
  });
  afterEach(() => receiver.close());

  it('that takes it: what was answered is told', async () => {
    receiver.answer = OddReceiver.says(200, 'thanks');
    expect(await sendTo()).toEqual({ ok: true, status: 200, answer: 'thanks', retryAfterMs: null });
  });

  it('that hangs: given up in time', async () => {
    receiver.answer = OddReceiver.hangs;
    await expect(sendTo({ timeoutMs: 300 })).rejects.toThrow('no answer within 300 ms');
  });

  it('that closes the socket: told so', async () => {
    receiver.answer = OddReceiver.closes;
    await expect(sendTo()).rejects.toThrow('socket hang up');
  });

  it('that is not there: told so', async () => {
    const { url } = receiver;
    receiver.close();
    await expect(sendTo({}, true, url)).rejects.toThrow('ECONNREFUSED');
  });

  it('that takes it, but never ends its answer: taken, since a repetition would be a second one', async () => {
    receiver.answer = (_, response) => void response.writeHead(202).write('noted');
    expect(await sendTo({ timeoutMs: 1000 })).toMatchObject({ ok: true, status: 202, answer: 'noted' });
  });

  it('that answers 500: not taken', async () => {
    receiver.answer = OddReceiver.says(500, 'broken');
    expect(await sendTo()).toEqual({ ok: false, status: 500, answer: 'broken', retryAfterMs: null });
  });

  it('that answers 429 with Retry-After, in seconds or as a date: heard', async () => {
    receiver.answer = OddReceiver.says(429, '', { 'retry-after': '30' });
    expect(await sendTo()).toMatchObject({ ok: false, status: 429, retryAfterMs: 30_000 });
    receiver.answer = OddReceiver.says(503, '', { 'retry-after': new Date(Date.now() + 60_000).toUTCString() });
    expect((await sendTo()).retryAfterMs).toBeGreaterThan(50_000);
  });

  it('that redirects to loopback: not followed', async () => {
    const inside = await new OddReceiver().listen();
    receiver.answer = OddReceiver.says(302, '', { location: `${inside.url}/admin` });
    const { ok, answer } = await sendTo();
    expect([ok, answer]).toEqual([false, `redirects to ${inside.url}/admin, which is not followed`]);
    expect([receiver.calls.length, inside.calls.length]).toEqual([1, 0]);
    inside.close();
  });

  it('that sends a gigabyte: no more is read than is shown', async () => {
    receiver.answer = receiver.sends(GIB);
    const { ok, answer } = await sendTo();
    expect([ok, answer.length]).toEqual([true, 4096]);
    expect(receiver.written).toBeLessThan(50_000_000);
  });

  it('on a private address: refused, also when a name leads there, or leads there the second time', async () => {
    await expect(sendTo({}, false)).rejects.toThrow(AddressRefused);
    const named = `http://hooks.example:${receiver.port}`;
    const inside = async () => [{ address: '127.0.0.1', family: 4 as const }];
    await expect(sendTo({ resolve: inside }, false, named)).rejects.toThrow(AddressRefused);
    const mapped = async () => [{ address: '::ffff:127.0.0.1', family: 6 as const }];
    await expect(sendTo({ resolve: mapped }, false, named)).rejects.toThrow(AddressRefused);
    let asked = 0;
    const rebinding = async () => [{ address: (asked += 1) === 1 ? '192.0.2.1' : '127.0.0.1', family: 4 as const }];
    await expect(sendTo({ resolve: rebinding, timeoutMs: 200 }, false, named)).rejects.toThrow();
    expect([receiver.calls.length, asked]).toEqual([0, 1]);
  });

  it('behind a name: the address that was checked is called, with the name in Host', async () => {
    const resolve = async () => [{ address: '127.0.0.1', family: 4 as const }];
    await sendTo({ resolve }, true, `http://hooks.example:${receiver.port}`);
    expect(receiver.calls[0]!.headers.host).toBe(`hooks.example:${receiver.port}`);
  });

  it('whose name is not resolved in time: given up', async () => {
    const never = () => new Promise<never>(() => undefined);
    await expect(sendTo({ resolve: never, timeoutMs: 300 }, true, 'http://hooks.example')).rejects.toThrow(
      'the name was not resolved within 300 ms',
    );
  });
});
