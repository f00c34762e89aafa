import type { BusSubscription } from '@deckwatch/bus';
import { aChannelDraft } from '@deckwatch/testing';
import { ChannelBook, type ChannelBucket, type StoredChannel } from './channel-book.ts';
import { SecretBox } from '@deckwatch/service-kit';

class MemoryBucket implements ChannelBucket {
  readonly stored = new Map<string, StoredChannel>();
  private revision = 0;
  private handler: (key: string, value: StoredChannel | undefined, revision: number) => void = () => undefined;

  async put(key: string, value: StoredChannel): Promise<number> {
    this.stored.set(key, value);
    this.handler(key, value, (this.revision += 1));
    return this.revision;
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
}

const SECRET = 'a secret of some length';

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

  it('keeps a secret sealed, uses it, and never shows it', async () => {
    const book = await open();
    const shown = await book.save(aChannelDraft({ secret: SECRET }));
    expect(shown).toEqual({ ...aChannelDraft(), id: 'on_call', hasSecret: true, revision: 1 });
    expect(JSON.stringify([...bucket.stored.values(), book.list()])).not.toContain(SECRET);
    expect(book.target('on_call').secret).toBe(SECRET);
  });

  it('keeps the secret of a channel that is replaced without one', async () => {
    const book = await open();
    await book.save(aChannelDraft({ secret: SECRET }));
    await book.save(aChannelDraft({ url: 'https://hooks.example/two' }), 'on_call');
    expect(book.target('on_call')).toEqual({ url: 'https://hooks.example/two', secret: SECRET, allowPrivate: false });
  });

  it.each([
    ['an address of the inside', { url: 'http://169.254.169.254/latest' }, 'url'],
    ['a password in the URL', { url: 'https://me:pass@hooks.example/' }, 'url'],
    ['a secret that is no base64', { secret: 'whsec_%%%%%%%%%%%%' }, 'secret'],
  ])('refuses %s', async (_name, over, path) => {
    await expect((await open()).save(aChannelDraft(over))).rejects.toMatchObject({ status: 400, errors: [{ path }] });
  });

  it('allows an address of the inside where that is asked for', async () => {
    const book = await open();
    expect(await book.save(aChannelDraft({ url: 'http://10.0.0.9/', allowPrivate: true }))).toMatchObject({
      allowPrivate: true,
    });
  });

  it('refuses a second of one name, and what is not there', async () => {
    const book = await open();
    await book.save(aChannelDraft());
    await expect(book.save(aChannelDraft())).rejects.toMatchObject({ status: 409 });
    await expect(book.save(aChannelDraft(), 'gone')).rejects.toMatchObject({ status: 404 });
    await expect(book.delete('gone')).rejects.toMatchObject({ status: 404 });
    expect(() => book.target('gone')).toThrow(/no channel/);
  });

  it('says that it cannot keep secrets without a key', async () => {
    const book = await bookWith();
    await expect(book.save(aChannelDraft({ secret: SECRET }))).rejects.toMatchObject({ status: 409 });
    expect(await book.save(aChannelDraft())).toMatchObject({ hasSecret: false });
  });

  it('tells of a channel that was deleted', async () => {
    const book = await open();
    await book.save(aChannelDraft());
    await book.delete('on_call');
    expect(dropped).toEqual(['on_call']);
    expect(book.has('on_call')).toBe(false);
  });
});
