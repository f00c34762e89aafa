import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { RevisionConflict, type Bucket } from '@deckwatch/bus';
import type { SecretBox } from '@deckwatch/service-kit';
import { z } from 'zod';

/** One signed-in console: a chain of refresh tokens, of which only the latest is good. */
export const StoredLogin = z.object({
  username: z.string(),
  stamp: z.int(),
  /** SHA-256 of the token that is good. */
  current: z.string(),
  /** Of the one before it, and the good one sealed, so that who asks twice within a moment gets the same. */
  previous: z.string().nullable(),
  successor: z.string().nullable(),
  rotatedAt: z.number(),
});
export type StoredLogin = z.infer<typeof StoredLogin>;

export interface Login {
  id: string;
  username: string;
  stamp: number;
  refreshToken: string;
}

const SECRET_BYTES = 32;
/** Two tabs that refresh at once get the same successor for so long. */
const GRACE_MS = 30_000;
/** Of one user at a time; one more ends the one that was used the longest ago, so that no user fills the store. */
const MOST_LOGINS = 100;
const TOKEN = /^([\w-]{16})\.([\w-]{43})$/;

type Store = Pick<Bucket<StoredLogin>, 'get' | 'create' | 'update' | 'delete' | 'watch'>;

/**
 * The logins of consoles and their rotating refresh tokens: RFC 9700, 4.14.2. A token that was used before, and not just
 * now by another tab, was stolen or copied: its whole login ends.
 */
export class LoginBook {
  private readonly ended = new Set<(login: string) => void>();
  /** Whose each login is, and when it was used last. */
  private readonly live = new Map<string, Pick<StoredLogin, 'username' | 'rotatedAt'>>();
  private subscription?: { unsubscribe(): void };

  constructor(
    private readonly store: Store,
    private readonly box: SecretBox,
    private readonly now: () => number,
  ) {}

  async start(): Promise<void> {
    this.subscription = await this.store.watch(
      (id, login) => (login ? void this.live.set(id, login) : this.tellEnded(id)),
      () => this.live.clear(),
    );
  }

  stop(): void {
    this.subscription?.unsubscribe();
  }

  /** Calls back with each login that ended, wherever. */
  onEnd(listener: (login: string) => void): void {
    this.ended.add(listener);
  }

  /** Whether a login goes on, as far as is known here. */
  isLive(id: string): boolean {
    return this.live.has(id);
  }

  /** The same, asking the store for one that may have begun at another gateway just now. */
  async isLiveAnywhere(id: string): Promise<boolean> {
    const stored = this.live.has(id) ? undefined : await this.store.get(id);
    if (stored) this.live.set(id, stored.value);
    return this.live.has(id);
  }

  async begin(username: string, stamp: number): Promise<Login> {
    const id = randomBytes(12).toString('base64url');
    const secret = newSecret();
    const rest = { previous: null, successor: null, rotatedAt: this.now() };
    const login = { username, stamp, current: digest(secret), ...rest };
    await this.endOldest(username);
    await this.store.create(id, login);
    this.live.set(id, login);
    return { id, username, stamp, refreshToken: `${id}.${secret}` };
  }

  /** The next token for a good one; undefined: it is not, and if it once was, its login has ended now. */
  async rotate(token: string): Promise<Login | undefined> {
    const [, id, secret] = TOKEN.exec(token) ?? [];
    if (id === undefined || secret === undefined) return undefined;
    const stored = await this.store.get(id);
    if (!stored) return undefined;
    const login = stored.value;
    const shown = digest(secret);
    if (same(shown, login.current)) return this.renew(id, login, stored.revision, token);
    const recent = this.now() - login.rotatedAt < GRACE_MS;
    if (login.previous !== null && same(shown, login.previous) && recent && login.successor !== null) {
      return { id, ...pick(login), refreshToken: this.box.open(login.successor, `login:${id}`) };
    }
    await this.end(id);
    return undefined;
  }

  /** Ends the login of a refresh token that is, or was, one of its. */
  async endOf(token: string): Promise<string | undefined> {
    const [, id, secret] = TOKEN.exec(token) ?? [];
    const stored = id === undefined ? undefined : await this.store.get(id);
    if (!stored || secret === undefined) return undefined;
    const { current, previous, username } = stored.value;
    if (!same(digest(secret), current) && !(previous !== null && same(digest(secret), previous))) return undefined;
    await this.end(id!);
    return username;
  }

  async end(id: string): Promise<void> {
    await this.store.delete(id);
    this.tellEnded(id);
  }

  private async renew(id: string, login: StoredLogin, revision: number, token: string): Promise<Login | undefined> {
    const refreshToken = `${id}.${newSecret()}`;
    const [, , secret] = TOKEN.exec(refreshToken)!;
    const successor = this.box.seal(refreshToken, `login:${id}`);
    const renewed = { ...login, current: digest(secret!), previous: login.current, successor, rotatedAt: this.now() };
    try {
      await this.store.update(id, renewed, revision);
      return { id, ...pick(login), refreshToken };
    } catch (error) {
      if (!(error instanceof RevisionConflict)) throw error;
      // Another tab was quicker: its successor is ours.
      return this.rotate(token);
    }
  }

  private async endOldest(username: string): Promise<void> {
    const own = [...this.live].filter(([, login]) => login.username === username);
    own.sort(([, a], [, b]) => a.rotatedAt - b.rotatedAt);
    for (const [id] of own.slice(0, Math.max(0, own.length - MOST_LOGINS + 1))) await this.end(id);
  }

  private tellEnded(id: string): void {
    this.live.delete(id);
    for (const listener of this.ended) listener(id);
  }
}

function pick({ username, stamp }: StoredLogin): Pick<Login, 'username' | 'stamp'> {
  return { username, stamp };
}

function newSecret(): string {
  return randomBytes(SECRET_BYTES).toString('base64url');
}

function digest(secret: string): string {
  return createHash('sha256').update(secret).digest('base64url');
}

function same(a: string, b: string): boolean {
  return a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));
}
