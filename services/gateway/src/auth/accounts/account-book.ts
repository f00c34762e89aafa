import { patiently, RevisionConflict, type Bucket } from '@deckwatch/bus';
import { RoleName, type Account, type Role } from '@deckwatch/contracts';
import { z } from 'zod';
import { isCommonPassword } from './common-passwords.ts';
import type { PasswordHasher } from './password-hash.ts';

/** As it is stored. `stamp` rises with each change that ends what was signed in before. */
const StoredAccount = z.object({
  username: z.string(),
  role: RoleName,
  disabled: z.boolean(),
  createdAt: z.number(),
  hash: z.string(),
  stamp: z.int(),
});
export type StoredAccount = z.infer<typeof StoredAccount>;
export const StoredAccounts = z.object({ users: z.array(StoredAccount).max(1000), stamps: z.int() });
export type StoredAccounts = z.infer<typeof StoredAccounts>;

export class AccountFault extends Error {
  constructor(
    readonly status: 400 | 404 | 409,
    message: string,
    readonly field?: string,
  ) {
    super(message);
    this.name = 'AccountFault';
  }
}

export interface AccountChange {
  role?: Role | undefined;
  disabled?: boolean | undefined;
  password?: string | undefined;
}

const KEY = 'all';
const FIRST_ADMIN = 'admin';
const MOST_USERS = 1000;
const ATTEMPTS = 5;

type Store = Pick<Bucket<StoredAccounts>, 'get' | 'create' | 'update' | 'watch'>;

/**
 * The users. All stand in one stored value, so that what holds of all of them together, such as that there is always an
 * admin who can sign in, holds whoever writes at the same moment. Each gateway follows it and answers from memory.
 */
export class AccountBook {
  private known = new Map<string, StoredAccount>();
  private readonly listeners = new Set<() => void>();
  private subscription?: { unsubscribe(): void };

  constructor(
    private readonly store: Store,
    private readonly hasher: PasswordHasher,
    private readonly now: () => number,
  ) {}

  /** Resolves when all that is stored is known. */
  async start(): Promise<void> {
    this.subscription = await this.store.watch(
      (_, value) => this.learn(value ?? { users: [], stamps: 0 }),
      () => this.learn({ users: [], stamps: 0 }),
    );
  }

  stop(): void {
    this.subscription?.unsubscribe();
  }

  /** Calls back after each change, whoever made it. */
  onChange(listener: () => void): void {
    this.listeners.add(listener);
  }

  get(username: string): StoredAccount | undefined {
    return this.known.get(username);
  }

  list(): Account[] {
    return [...this.known.values()].map(shown);
  }

  /** Makes the first admin unless there are users; returns whether it did. */
  async makeFirstAdmin(password: string): Promise<boolean> {
    const hash = await this.hasher.hash(password);
    const admin = { username: FIRST_ADMIN, role: 'admin' as const, disabled: false, createdAt: this.now(), hash, stamp: 1 }; // prettier-ignore
    try {
      await patiently(() => this.store.create(KEY, { users: [admin], stamps: 1 }));
    } catch (error) {
      if (!(error instanceof RevisionConflict)) throw error;
      // Its own writing, if only the acknowledgement was lost.
      const stored = await patiently(() => this.store.get(KEY));
      if (!stored?.value.users.some((user) => user.hash === hash)) return false;
    }
    this.learn({ users: [admin], stamps: 1 });
    return true;
  }

  /** The user whose password it is; undefined: nobody's. Takes as long for an unknown user. Throws TooBusy, regulars last. */
  async signIn(username: string, password: string, isRegular: boolean): Promise<StoredAccount | undefined> {
    const account = this.known.get(username.trim().toLowerCase());
    const right = await this.hasher.verify(password, account?.hash, isRegular);
    return right && account && !account.disabled ? account : undefined;
  }

  async create(username: string, password: string, role: Role): Promise<Account> {
    checkPassword(password, username);
    const hash = await this.hasher.hash(password);
    return this.change((accounts) => {
      if (find(accounts, username))
        throw new AccountFault(409, `there is a user "${username}" already`, 'body.username');
      if (accounts.users.length >= MOST_USERS) throw new AccountFault(409, `at most ${MOST_USERS} users`);
      const account = { username, role, disabled: false, createdAt: this.now(), hash, stamp: accounts.stamps + 1 };
      accounts.users.push(account);
      return account;
    });
  }

  async update(
    username: string,
    { role, disabled, password }: AccountChange,
  ): Promise<{ before: Account; after: Account }> {
    if (password !== undefined) checkPassword(password, username);
    const hash = password === undefined ? undefined : await this.hasher.hash(password);
    let before: Account | undefined;
    const after = await this.change((accounts) => {
      const account = find(accounts, username);
      if (!account) throw new AccountFault(404, `there is no user "${username}"`);
      before = shown(account);
      Object.assign(account, role && { role }, disabled !== undefined && { disabled }, hash && { hash });
      account.stamp = accounts.stamps + 1;
      return account;
    });
    return { before: before!, after };
  }

  async delete(username: string): Promise<Account> {
    return this.change((accounts) => {
      const account = find(accounts, username);
      if (!account) throw new AccountFault(404, `there is no user "${username}"`);
      accounts.users = accounts.users.filter((other) => other !== account);
      return account;
    });
  }

  /** Reads, changes and writes back what nobody else has changed meanwhile; never without an admin who can sign in. */
  private async change(edit: (accounts: StoredAccounts) => StoredAccount): Promise<Account> {
    for (let attempt = 1; ; attempt += 1) {
      const stored = await this.store.get(KEY);
      if (!stored) throw new AccountFault(409, 'there are no users yet');
      const accounts = structuredClone(stored.value);
      const account = edit(accounts);
      accounts.stamps += 1;
      if (!accounts.users.some(({ role, disabled }) => role === 'admin' && !disabled)) {
        throw new AccountFault(409, 'the last admin stays: make somebody else admin first');
      }
      try {
        await this.store.update(KEY, accounts, stored.revision);
        this.learn(accounts);
        return shown(account);
      } catch (error) {
        if (!(error instanceof RevisionConflict) || attempt === ATTEMPTS) throw error;
      }
    }
  }

  private learn({ users }: StoredAccounts): void {
    this.known = new Map(users.map((user) => [user.username, user]));
    for (const listener of this.listeners) listener();
  }
}

function find({ users }: StoredAccounts, username: string): StoredAccount | undefined {
  return users.find((user) => user.username === username);
}

function shown({ username, role, disabled, createdAt }: StoredAccount): Account {
  return { username, role, disabled, createdAt };
}

/** Throws AccountFault. */
export function checkPassword(password: string, username: string): void {
  if (isCommonPassword(password, username)) {
    throw new AccountFault(400, 'too common: it would be among the first that are tried', 'body.password');
  }
}
