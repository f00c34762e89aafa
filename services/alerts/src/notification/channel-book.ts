import { RpcFault, type BusSubscription } from '@deckwatch/bus';
import { ChannelDraft, token, Token, type Channel } from '@deckwatch/contracts';
import { z } from 'zod';
import { AddressRefused, addressOf } from './address-guard.ts';
import type { SecretBox } from '@deckwatch/service-kit';
import { signerOf, type WebhookTarget } from './webhook.ts';

/** A channel as it is stored: its secret sealed. */
export const StoredChannel = ChannelDraft.omit({ secret: true }).extend({ id: Token, sealed: z.string().nullable() });
export type StoredChannel = z.infer<typeof StoredChannel>;

/** What the book needs of a bucket. */
export interface ChannelBucket {
  put(key: string, value: StoredChannel): Promise<number>;
  delete(key: string): Promise<void>;
  watch(
    handler: (key: string, value: StoredChannel | undefined, revision: number) => void,
    onReset?: () => void,
  ): Promise<BusSubscription>;
}

export interface ChannelChanges {
  onChannel(id: string): void;
  onDropped(id: string): void;
}

const MAX_CHANNELS = 100;

type Known = StoredChannel & { revision: number };

/** The channels as the bucket holds them. Secrets go in and are used; they never come out. */
export class ChannelBook {
  private readonly channels = new Map<string, Known>();
  private subscription?: BusSubscription;

  constructor(
    private readonly bucket: ChannelBucket,
    /** undefined: there is no key, so secrets can't be kept. */
    private readonly box: SecretBox | undefined,
    private readonly changes: ChannelChanges,
  ) {}

  async open(): Promise<void> {
    const onReset = () => [...this.channels.keys()].forEach((id) => this.take(id, undefined, Infinity));
    this.subscription = await this.bucket.watch((id, channel, revision) => this.take(id, channel, revision), onReset);
  }

  close(): void {
    this.subscription?.unsubscribe();
  }

  get ids(): ReadonlySet<string> {
    return new Set(this.channels.keys());
  }

  has(id: string): boolean {
    return this.channels.has(id);
  }

  list(): Channel[] {
    return [...this.channels.values()].map(shown).sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** Where a channel's notices go, with the secret opened. Throws RpcFault 404, or when the secret can't be opened. */
  target(id: string): WebhookTarget {
    const channel = this.channels.get(id);
    if (!channel) throw new RpcFault(404, `there is no channel "${id}"`);
    const { url, allowPrivate, sealed } = channel;
    if (sealed !== null && !this.box) throw new Error('DECKWATCH_SECRET_KEY is missing, the secret cannot be opened');
    return { url, allowPrivate, secret: sealed === null ? null : this.box!.open(sealed, id) };
  }

  /** Creates a channel, or replaces `id`; without a secret it keeps the one it has. Throws RpcFault 400, 404, 409. */
  async save(draft: ChannelDraft, id?: string): Promise<Channel> {
    await check(draft);
    const present = id === undefined ? undefined : this.channels.get(id);
    if (id !== undefined && !present) throw new RpcFault(404, `there is no channel "${id}"`);
    const key = id ?? token(draft.name);
    if (id === undefined && this.channels.has(key)) throw new RpcFault(409, `there is a channel "${key}" already`);
    if (!present && this.channels.size >= MAX_CHANNELS)
      throw new RpcFault(409, `there are ${MAX_CHANNELS} channels already`);
    const { secret, ...rest } = draft;
    const sealed = secret === undefined ? (present?.sealed ?? null) : this.seal(secret, key);
    const channel: StoredChannel = { ...rest, id: key, sealed };
    const revision = await this.bucket.put(key, channel);
    this.take(key, channel, revision);
    return shown({ ...channel, revision });
  }

  async delete(id: string): Promise<void> {
    if (!this.channels.has(id)) throw new RpcFault(404, `there is no channel "${id}"`);
    await this.bucket.delete(id);
  }

  private seal(secret: string, id: string): string {
    if (!this.box) throw new RpcFault(409, 'secrets cannot be kept: DECKWATCH_SECRET_KEY is not set');
    return this.box.seal(secret, id);
  }

  private take(id: string, channel: StoredChannel | undefined, revision: number): void {
    const known = this.channels.get(id);
    if (known && known.revision >= revision) return;
    if (channel) {
      this.channels.set(id, { ...channel, revision });
      this.changes.onChannel(id);
    } else if (this.channels.delete(id)) this.changes.onDropped(id);
  }
}

function shown({ id, name, type, url, allowPrivate, sealed, revision }: Known): Channel {
  return { id, name, type, url, allowPrivate, hasSecret: sealed !== null, revision };
}

/** What can be told at once; a name's addresses are checked when it is sent to. */
async function check({ url, secret, allowPrivate }: ChannelDraft): Promise<void> {
  const errors: { path: string; message: string }[] = [];
  if (secret !== undefined && !isSecret(secret)) errors.push({ path: 'secret', message: 'after whsec_ comes base64' });
  const parsed = new URL(url);
  if (parsed.username || parsed.password)
    errors.push({ path: 'url', message: 'a user and password do not belong in the URL' });
  try {
    await addressOf(parsed, allowPrivate, async () => [{ address: '1.1.1.1', family: 4 }]);
  } catch (error) {
    if (!(error instanceof AddressRefused)) throw error;
    errors.push({ path: 'url', message: error.message });
  }
  if (errors.length > 0)
    throw new RpcFault(400, errors.map(({ path, message }) => `${path}: ${message}`).join('; '), errors);
}

function isSecret(secret: string): boolean {
  try {
    signerOf(secret);
    return true;
  } catch {
    return false;
  }
}
