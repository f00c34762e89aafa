import { RevisionConflict } from '@deckwatch/bus';
import { AccountBook, type StoredAccounts } from './account-book.ts';
import type { PasswordHasher } from './password-hash.ts';

/** Stores what it is given, as a broker whose acknowledgement of the first writing is lost. */
class LossyStore {
  stored?: StoredAccounts;
  lost = 1;
  watch = async () => ({ unsubscribe: () => undefined });
  get = async () => this.stored && { value: this.stored, revision: 1 };
  update = () => Promise.reject(new Error('not asked for here'));

  async create(key: string, value: StoredAccounts): Promise<number> {
    if (this.stored) throw new RevisionConflict(key);
    this.stored = value;
    if ((this.lost -= 1) >= 0) throw Object.assign(new Error('timeout'), { name: 'TimeoutError' });
    return 1;
  }
}

let salts = 0;
const hasher = { hash: async (password: string) => `${password} ${(salts += 1)}` } as unknown as PasswordHasher;
const bookOf = (store: LossyStore): AccountBook => new AccountBook(store, hasher, () => 0);

describe('the first admin', () => {
  it('is known for its own when the broker did not say that it was stored', async () => {
    expect(await bookOf(new LossyStore()).makeFirstAdmin('secret')).toBe(true);
  });

  it('is made by one of two gateways', async () => {
    const store = new LossyStore();
    const made = [await bookOf(store).makeFirstAdmin('one'), await bookOf(store).makeFirstAdmin('two')];
    expect(made).toEqual([true, false]);
    expect(store.stored!.users.map(({ hash }) => hash.split(' ')[0])).toEqual(['one']);
  });
});
