import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Bucket } from '@deckwatch/bus';
import { ApiToken, type ApiTokenDraft } from '@deckwatch/contracts';
import { z } from 'zod';

export const StoredToken = ApiToken.extend({ hash: z.string() });
export type StoredToken = z.infer<typeof StoredToken>;

const TOKEN = /^dwt_([0-9a-f]{12})_([\w-]{43})$/;
const MOST_TOKENS = 1000;
const USED_EVERY_MS = 60_000;

type Store = Pick<Bucket<StoredToken>, 'create' | 'update' | 'delete' | 'watch'>;

/** Tokens of programs. Only their SHA-256 is stored: they are random, so nothing slower is needed. */
export class TokenBook {
  private readonly known = new Map<string, { token: StoredToken; revision: number }>();
  private readonly listeners = new Set<(id: string) => void>();
  private subscription?: { unsubscribe(): void };

  constructor(
    private readonly store: Store,
    private readonly now: () => number,
  ) {}

  async start(): Promise<void> {
    this.subscription = await this.store.watch(
      (id, token, revision) => {
        if (token) this.known.set(id, { token, revision });
        else if (this.known.delete(id)) for (const listener of this.listeners) listener(id);
      },
      () => this.known.clear(),
    );
  }

  stop(): void {
    this.subscription?.unsubscribe();
  }

  /** Calls back with each token that was deleted, wherever. */
  onEnd(listener: (id: string) => void): void {
    this.listeners.add(listener);
  }

  list(): ApiToken[] {
    return [...this.known.values()].map(({ token }) => shown(token));
  }

  get(id: string): ApiToken | undefined {
    const kept = this.known.get(id);
    return kept && shown(kept.token);
  }

  async create(draft: ApiTokenDraft, createdBy: string): Promise<{ stored: ApiToken; token: string } | undefined> {
    if (this.known.size >= MOST_TOKENS) return undefined;
    const id = randomBytes(6).toString('hex');
    const secret = randomBytes(32).toString('base64url');
    const stored = { ...draft, id, createdBy, createdAt: this.now(), lastUsedAt: null, hash: digest(secret) };
    const revision = await this.store.create(id, stored);
    this.known.set(id, { token: stored, revision });
    return { stored: shown(stored), token: `dwt_${id}_${secret}` };
  }

  async delete(id: string): Promise<ApiToken | undefined> {
    const kept = this.known.get(id);
    if (!kept) return undefined;
    await this.store.delete(id);
    this.known.delete(id);
    for (const listener of this.listeners) listener(id);
    return shown(kept.token);
  }

  /** The token that this text is; undefined: none that is good now. */
  read(text: string): ApiToken | undefined {
    const [, id, secret] = TOKEN.exec(text) ?? [];
    const kept = id === undefined ? undefined : this.known.get(id);
    if (!kept || secret === undefined) return undefined;
    const { token } = kept;
    if (!timingSafeEqual(Buffer.from(digest(secret)), Buffer.from(token.hash))) return undefined;
    if (token.expiresAt !== null && token.expiresAt <= this.now()) return undefined;
    this.used(token, kept.revision);
    return shown(token);
  }

  /** Written by revision, so that a token that was deleted meanwhile does not come back. */
  private used(token: StoredToken, revision: number): void {
    const now = this.now();
    if (token.lastUsedAt !== null && now - token.lastUsedAt < USED_EVERY_MS) return;
    const used = { token: { ...token, lastUsedAt: now }, revision };
    this.known.set(token.id, used);
    const written = (next: number): void => void (used.revision = next);
    this.store.update(token.id, used.token, revision).then(written, () => undefined); // at worst a date is late
  }
}

function shown({ hash: _, ...token }: StoredToken): ApiToken {
  return token;
}

function digest(secret: string): string {
  return createHash('sha256').update(secret).digest('base64url');
}
