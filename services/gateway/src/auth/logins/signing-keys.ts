import { randomBytes } from 'node:crypto';
import { patiently, RevisionConflict, type Bucket } from '@deckwatch/bus';
import type { SecretBox } from '@deckwatch/service-kit';
import { z } from 'zod';

export const SealedKeys = z.object({ sealed: z.string() });
export type SealedKeys = z.infer<typeof SealedKeys>;

const Keys = z.array(z.object({ kid: z.string(), secret: z.string(), createdAt: z.number() })).min(1);

export interface SigningKey {
  kid: string;
  secret: Uint8Array;
  createdAt: number;
}

const KEY = 'all';
const OWNER = 'signing-keys';
const SECRET_BYTES = 32;
const DAY_MS = 86_400_000;
/** A key signs for so long, and is still believed for a day after that. */
const ROTATE_MS = 30 * DAY_MS;
const FORGET_MS = ROTATE_MS + DAY_MS;

/** The keys that sign access tokens: the same for all gateways, sealed at rest, a new one each month. */
export class SigningKeys {
  private keys: SigningKey[] = [];
  private subscription?: { unsubscribe(): void };

  constructor(
    private readonly store: Pick<Bucket<SealedKeys>, 'get' | 'create' | 'update' | 'watch'>,
    private readonly box: SecretBox,
    private readonly now: () => number,
  ) {}

  async start(): Promise<void> {
    this.subscription = await this.store.watch((_, value) => value && this.learn(value));
    await patiently(() => this.rotate());
  }

  stop(): void {
    this.subscription?.unsubscribe();
  }

  /** The key that signs now. */
  get current(): SigningKey {
    return this.keys.at(-1)!;
  }

  /** The one of that name, while it is believed; the current one always is, also when it could not be replaced. */
  find(kid: string | undefined): SigningKey | undefined {
    const key = this.keys.find((one) => one.kid === kid);
    return key === this.current || (key && this.now() - key.createdAt < FORGET_MS) ? key : undefined;
  }

  /** Makes a new key when the newest is old; whoever comes first does. */
  async rotate(): Promise<void> {
    const stored = await this.store.get(KEY);
    if (stored) this.learn(stored.value);
    const now = this.now();
    if (stored && now - this.current.createdAt < ROTATE_MS) return;
    const fresh = { kid: randomBytes(6).toString('base64url'), secret: randomBytes(SECRET_BYTES), createdAt: now };
    const keys = [...this.keys.filter(({ createdAt }) => now - createdAt < FORGET_MS), fresh];
    const value = this.sealed(keys);
    try {
      if (stored) await this.store.update(KEY, value, stored.revision);
      else await this.store.create(KEY, value);
      this.keys = keys;
    } catch (error) {
      if (!(error instanceof RevisionConflict)) throw error;
      const other = await this.store.get(KEY);
      if (other) this.learn(other.value);
    }
  }

  private learn({ sealed }: SealedKeys): void {
    const keys = Keys.parse(JSON.parse(this.box.open(sealed, OWNER)));
    this.keys = keys.map(({ kid, secret, createdAt }) => ({ kid, secret: Buffer.from(secret, 'base64'), createdAt }));
  }

  private sealed(keys: SigningKey[]): SealedKeys {
    const plain = keys.map(({ kid, secret, createdAt }) => ({
      kid,
      secret: Buffer.from(secret).toString('base64'),
      createdAt,
    }));
    return { sealed: this.box.seal(JSON.stringify(plain), OWNER) };
  }
}
