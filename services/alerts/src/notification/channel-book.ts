import { RevisionConflict, RpcFault, type BusSubscription } from '@deckwatch/bus';
import { StoredChannel, token, type Channel, type ChannelDraft } from '@deckwatch/contracts';
import type { SecretBox } from '@deckwatch/service-kit';
import { checkDraft, secretOf } from './channel-check.ts';
import { destinationOf, opened, type OpenChannel } from './open-channel.ts';

/** What the book needs of a bucket. */
export interface ChannelBucket {
  create(key: string, value: StoredChannel): Promise<number>;
  update(key: string, value: StoredChannel, revision: number): Promise<number>;
  delete(key: string): Promise<void>;
  watch(
    handler: (key: string, value: StoredChannel | undefined, revision: number) => void,
    onReset?: () => void,
  ): Promise<BusSubscription>;
}

export interface ChannelChanges {
  onChannel(channel: StoredChannel): void;
  onDropped(id: string): void;
}

const MAX_CHANNELS = 100;
const LONGEST_ID = 100;

type Known = StoredChannel & { revision: number };
/** A channel of the provisioning file: its secret is not stored, so it is kept open. */
interface Provisioned {
  channel: StoredChannel;
  secret: string | null;
}

/** The channels as the bucket holds them. Secrets go in and are used; they never come out. */
export class ChannelBook {
  private readonly channels = new Map<string, Known>();
  /** Those of the provisioning file; they stand before stored ones of the same id. */
  private provisioned = new Map<string, Provisioned>();
  /** What each answered last. */
  private readonly answers = new Map<string, NonNullable<Channel['last']>>();
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

  /** The channels that take notices. */
  get ids(): ReadonlySet<string> {
    return takers(this.all());
  }

  /** Of these, those that do not come from the provisioning file. */
  get storedIds(): ReadonlySet<string> {
    return takers(this.channels.values());
  }

  /** Whether it is a channel that takes notices. */
  has(id: string): boolean {
    const type = this.find(id)?.type;
    return type !== undefined && type !== 'heartbeat';
  }

  /** The channels themselves, secrets sealed. */
  stored(): StoredChannel[] {
    return [...this.all()];
  }

  list(): Channel[] {
    return [...this.all()].map((channel) => this.shown(channel)).sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** Throws RpcFault 404. */
  get(id: string): Channel {
    return this.shown(this.known(id));
  }

  /** A channel with the secret opened. Throws RpcFault 404, or when the secret can't be opened. */
  target(id: string): OpenChannel {
    const provisioned = this.provisioned.get(id);
    if (provisioned) return opened(provisioned.channel, provisioned.secret);
    const { revision: _, ...channel } = this.known(id);
    const { sealed } = channel;
    if (sealed !== null && !this.box) throw new Error('DECKWATCH_SECRET_KEY is missing, the secret cannot be opened');
    return opened(channel, sealed === null ? null : this.box!.open(sealed, id));
  }

  /** What a channel answered, for whoever looks at it. */
  answered(id: string, answer: NonNullable<Channel['last']>): void {
    if (this.find(id)) this.answers.set(id, answer);
  }

  /**
   * Creates a channel, or replaces `id` (with `revision`: only that one of it); without a secret it keeps the one it
   * has. Throws RpcFault 400, 404, 409.
   */
  async save(draft: ChannelDraft, id?: string, revision?: number): Promise<Channel> {
    if (id !== undefined) this.refuseProvisioned(id);
    const present = id === undefined ? undefined : this.known(id);
    await checkDraft(draft, present);
    const key = id ?? token(draft.name).slice(0, LONGEST_ID);
    this.refuseProvisioned(key);
    if (!present && this.channels.size >= MAX_CHANNELS)
      throw new RpcFault(409, `there are ${MAX_CHANNELS} channels already; no more are kept`);
    const channel = this.sealed(draft, key, present);
    try {
      const saved = await (present
        ? this.bucket.update(key, channel, revision ?? present.revision)
        : this.bucket.create(key, channel));
      this.take(key, channel, saved);
      return this.shown({ ...channel, revision: saved });
    } catch (error) {
      if (!(error instanceof RevisionConflict)) throw error;
      const was = present ? `was changed since revision ${revision ?? present.revision}` : 'exists already';
      throw new RpcFault(409, `the channel "${key}" ${was}`, undefined, { cause: error });
    }
  }

  async delete(id: string): Promise<void> {
    this.known(id);
    this.refuseProvisioned(id);
    await this.bucket.delete(id);
  }

  /** The channels of the provisioning file, all at once. */
  provision(channels: readonly Provisioned[]): void {
    const before = this.provisioned;
    this.provisioned = new Map(channels.map((one) => [one.channel.id, one]));
    for (const { channel } of channels) this.changes.onChannel(channel);
    for (const id of before.keys()) {
      const left = this.find(id);
      if (!left) this.drop(id);
      else if (!this.provisioned.has(id)) this.changes.onChannel(left);
    }
  }

  private *all(): Generator<Known> {
    for (const { channel } of this.provisioned.values()) yield { ...channel, revision: 0 };
    for (const channel of this.channels.values()) if (!this.provisioned.has(channel.id)) yield channel;
  }

  private find(id: string): Known | undefined {
    const provisioned = this.provisioned.get(id);
    return provisioned ? { ...provisioned.channel, revision: 0 } : this.channels.get(id);
  }

  private refuseProvisioned(id: string): void {
    if (this.provisioned.has(id))
      throw new RpcFault(409, `the channel "${id}" stands in the provisioning file; change it there`);
  }

  private drop(id: string): void {
    this.answers.delete(id);
    this.changes.onDropped(id);
  }

  private known(id: string): Known {
    const channel = this.find(id);
    if (!channel) throw new RpcFault(404, `there is no channel "${id}"`);
    return channel;
  }

  private sealed(draft: ChannelDraft, id: string, present: Known | undefined): StoredChannel {
    const secret = secretOf(draft);
    const sealed = secret === undefined ? (present?.sealed ?? null) : secret === null ? null : this.seal(secret, id);
    const secretUrl = draft.type === 'slack' || draft.type === 'heartbeat';
    const origin = !secretUrl ? null : draft.url === undefined ? (present?.origin ?? null) : new URL(draft.url).origin;
    // The schema leaves out what is not to be stored in the open.
    return StoredChannel.parse({ ...draft, id, sealed, origin });
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
      if (!this.provisioned.has(id)) this.changes.onChannel(channel);
    } else if (this.channels.delete(id) && !this.provisioned.has(id)) this.drop(id);
  }

  private shown(known: Known): Channel {
    const { sealed, origin: _, ...rest } = known;
    const last = this.answers.get(known.id) ?? null;
    const provisioned = this.provisioned.get(known.id);
    const hasSecret = provisioned ? provisioned.secret !== null : sealed !== null;
    return { ...rest, hasSecret, provisioned: provisioned !== undefined, destination: destinationOf(known), last };
  }
}

function takers(channels: Iterable<Known>): ReadonlySet<string> {
  return new Set([...channels].filter(({ type }) => type !== 'heartbeat').map(({ id }) => id));
}
