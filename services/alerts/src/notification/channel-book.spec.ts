import { RevisionConflict, type BusSubscription } from '@deckwatch/bus';
import { ChannelDraft, StoredChannel } from '@deckwatch/contracts';
import { SecretBox } from '@deckwatch/service-kit';
import { aChannelDraft } from '@deckwatch/testing';
import { ChannelBook, type ChannelBucket } from './channel-book.ts';

class MemoryBucket implements ChannelBucket {
  readonly stored = new Map<string, StoredChannel>();
  private readonly revisions = new Map<string, number>();
  private revision = 0;
  private handler: (key: string, value: StoredChannel | undefined, revision: number) => void = () => undefined;

  async create(key: string, value: StoredChannel): Promise<number> {
    if (this.stored.has(key)) throw new RevisionConflict(key);
    return this.put(key, value);
  }
  async update(key: string, value: StoredChannel, revision: number): Promise<number> {
    if (this.revisions.get(key) !== revision) throw new RevisionConflict(key);
    return this.put(key, value);
  }
  async delete(key: string): Promise<void> {
    this.stored.delete(key);
    this.handler(key, undefined, (this.revision += 1));
  }
  async watch(
    handler: (key: string, value: StoredChannel | undefined, revision: number) => void,
  ): Promise<BusSubscription> {
    this.handler = handler;
    return { unsubscribe: () => undefined };
  }
  private put(key: string, value: StoredChannel): number {
    this.stored.set(key, value);
    this.revisions.set(key, (this.revision += 1));
    this.handler(key, value, this.revision);
    return this.revision;
  }
}

const SECRET = Buffer.alloc(32, 5).toString('base64');
const HOOK = 'https://hooks.slack.com/services/T000/B000/XXXX';
const draft = (over: object): ChannelDraft => ChannelDraft.parse({ name: 'On call', ...over });
const MAIL = { type: 'email', host: 'mail.example', user: 'deck', password: 'hush hush', from: 'deck@example.org', to: ['ops@example.org'] }; // prettier-ignore

describe('the book of channels', () => {
  let bucket: MemoryBucket;
  let dropped: string[];
  const bookWith = async (box?: SecretBox) => {
    const book = new ChannelBook(bucket, box, { onChannel: () => undefined, onDropped: (id) => dropped.push(id) });
    await book.open();
    return book;
  };
  const open = () => bookWith(new SecretBox(Buffer.alloc(32, 1)));

  beforeEach(() => {
    bucket = new MemoryBucket();
    dropped = [];
  });

  it.each<[string, object, string, object]>([
    ['a webhook', { type: 'webhook', url: 'https://hooks.example/x', secret: SECRET }, SECRET, { secret: SECRET }],
    ['Slack', { type: 'slack', url: HOOK }, 'services/T000', { url: HOOK }],
    ['ntfy', { type: 'ntfy', url: 'https://ntfy.sh/ops', token: 'tk_secret' }, 'tk_secret', { token: 'tk_secret' }],
    ['e-mail', MAIL, 'hush hush', { password: 'hush hush' }],
    ['a heartbeat', { type: 'heartbeat', url: 'https://hc.example/ping/1234' }, 'ping/1234', { url: 'https://hc.example/ping/1234' }], // prettier-ignore
  ])('keeps the secret of %s sealed, uses it, and never shows it', async (_name, over, secret, target) => {
    const book = await open();
    const shown = await book.save(draft(over));
    expect(shown).toMatchObject({ id: 'on_call', hasSecret: true, revision: 1, last: null });
    expect(JSON.stringify([shown, book.get('on_call'), ...bucket.stored.values()])).not.toContain(secret);
    expect(book.target('on_call')).toMatchObject(target);
  });

  it('says where a channel leads', async () => {
    const book = await open();
    expect((await book.save(draft({ type: 'slack', url: HOOK }))).destination).toBe('https://hooks.slack.com/…');
    expect((await book.save(draft({ ...MAIL, name: 'Mail' }))).destination).toBe('ops@example.org by mail.example:587');
  });

  it('keeps the secret of a channel that is replaced without one, and forgets one that is taken away', async () => {
    const book = await open();
    await book.save(aChannelDraft({ secret: SECRET }));
    await book.save(aChannelDraft({ url: 'https://hooks.example/two' }), 'on_call');
    expect(book.target('on_call')).toMatchObject({ url: 'https://hooks.example/two', secret: SECRET });
    expect(await book.save(aChannelDraft({ secret: null }), 'on_call')).toMatchObject({ hasSecret: false });
    await book.save(draft({ type: 'slack', name: 'Chat', url: HOOK }));
    await book.save(draft({ type: 'slack', name: 'Chat 2' }), 'chat');
    expect(book.target('chat')).toMatchObject({ url: HOOK, name: 'Chat 2' });
  });

  it.each([
    ['ntfy at another server', { type: 'ntfy', url: 'https://ntfy.sh/ops', token: 'tk' }, { type: 'ntfy', url: 'https://other.example/ops' }, 'token'], // prettier-ignore
    ['another mail server', MAIL, { ...MAIL, password: undefined, host: 'other.example' }, 'password'],
    ['another kind', { type: 'slack', url: HOOK }, { type: 'ntfy', url: 'https://ntfy.sh/ops' }, 'token'],
  ])('sends no secret that it keeps to %s', async (_name, before, after, path) => {
    const book = await open();
    await book.save(draft(before));
    await expect(book.save(draft(after), 'on_call')).rejects.toMatchObject({ status: 400, errors: [{ path }] });
  });

  it.each([
    ['an address of the inside', { type: 'webhook', url: 'http://169.254.169.254/latest' }, 'url'],
    ['a mail server of the inside', { ...MAIL, host: '10.0.0.25' }, 'host'],
    ['a password in the URL', { type: 'webhook', url: 'https://me:pass@hooks.example/' }, 'url'],
    ['a secret that is no base64', { type: 'webhook', url: HOOK, secret: 'any text of some length' }, 'secret'],
    ['a secret that is too short', { type: 'webhook', url: HOOK, secret: 'whsec_c2hvcnQ=' }, 'secret'],
    ['Slack without its URL', { type: 'slack' }, 'url'],
    ['ntfy without a topic', { type: 'ntfy', url: 'https://ntfy.sh/' }, 'url'],
    ['a mail password in the open', { ...MAIL, security: 'none' }, 'security'],
  ])('refuses %s', async (_name, over, path) => {
    await expect((await open()).save(draft(over))).rejects.toMatchObject({ status: 400, errors: [{ path }] });
  });

  it('allows an address of the inside where that is asked for', async () => {
    const book = await open();
    const inside = aChannelDraft({ url: 'http://10.0.0.9/', allowPrivate: true });
    expect(await book.save(inside)).toMatchObject({ allowPrivate: true });
  });

  it('refuses a second of one name, what is not there, and what was changed meanwhile', async () => {
    const book = await open();
    const { revision } = await book.save(aChannelDraft());
    await expect(book.save(aChannelDraft())).rejects.toMatchObject({ status: 409 });
    await expect(book.save(aChannelDraft(), 'gone')).rejects.toMatchObject({ status: 404 });
    await expect(book.delete('gone')).rejects.toMatchObject({ status: 404 });
    expect(() => book.target('gone')).toThrow(/no channel/);
    await book.save(aChannelDraft({ perMinute: 5 }), 'on_call', revision);
    await expect(book.save(aChannelDraft(), 'on_call', revision)).rejects.toMatchObject({ status: 409 });
  });

  it('says that it cannot keep secrets without a key', async () => {
    const book = await bookWith();
    await expect(book.save(aChannelDraft({ secret: SECRET }))).rejects.toMatchObject({ status: 409 });
    expect(await book.save(aChannelDraft())).toMatchObject({ hasSecret: false });
  });

  it('gives no notices to a heartbeat', async () => {
    const book = await open();
    await book.save(draft({ type: 'heartbeat', url: 'https://hc.example/ping' }));
    expect([book.has('on_call'), book.ids.size, book.list().length]).toEqual([false, 0, 1]);
  });

  it('tells of a channel that was deleted', async () => {
    const book = await open();
    await book.save(aChannelDraft());
    book.answered('on_call', { t: 1, ok: true, outcome: '200' });
    expect(book.get('on_call').last).toMatchObject({ ok: true });
    await book.delete('on_call');
    expect(dropped).toEqual(['on_call']);
    expect(book.has('on_call')).toBe(false);
  });

  it('has those of the provisioning file stand before its own, to be used and not to be changed', async () => {
    const book = await bookWith();
    await book.save(draft({ name: 'chat', type: 'webhook', url: 'https://hooks.example/stored' }));
    const channel = (id: string) => StoredChannel.parse({ type: 'slack', name: id, id, sealed: null, origin: 'https://hooks.slack.com' }); // prettier-ignore
    book.provision(['chat', 'more'].map((id) => ({ channel: channel(id), secret: HOOK })));
    expect([...book.ids].sort()).toEqual(['chat', 'more']);
    expect([...book.storedIds]).toEqual(['chat']);
    expect(book.get('chat')).toMatchObject({ type: 'slack', provisioned: true, hasSecret: true, destination: 'https://hooks.slack.com/…' }); // prettier-ignore
    expect(JSON.stringify(book.list())).not.toContain(HOOK);
    expect(book.target('more')).toMatchObject({ type: 'slack', url: HOOK });
    const again = draft({ name: 'more', type: 'webhook', url: 'https://hooks.example/other' });
    await expect(book.save(again)).rejects.toMatchObject({ status: 409 });
    await expect(book.save(again, 'chat', 1)).rejects.toMatchObject({ status: 409 });
    await expect(book.delete('chat')).rejects.toMatchObject({ status: 409 });
    book.provision([]);
    expect(dropped).toEqual(['more']);
    expect(book.get('chat')).toMatchObject({ type: 'webhook', provisioned: false });
  });
});
