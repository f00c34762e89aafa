import { RevisionConflict, type BusSubscription } from '@deckwatch/bus';
import type { AlertRule, AlertRuleDraft } from '@deckwatch/contracts';
import { RuleBook, type RuleBucket } from './rule-book.ts';
import { seedRules, type SeedMark } from './seed-rules.ts';

type Handler = (key: string, value: AlertRule | undefined, revision: number) => void;

class MemoryBucket implements RuleBucket {
  readonly stored = new Map<string, { value: AlertRule; revision: number }>();
  private revision = 0;
  private handler: Handler = () => undefined;
  onReset: () => void = () => undefined;
  failAfter = Infinity;

  async create(key: string, value: AlertRule): Promise<number> {
    if (this.stored.has(key)) throw new RevisionConflict(key);
    if ((this.failAfter -= 1) < 0) throw new Error('killed');
    return this.write(key, value);
  }
  async update(key: string, value: AlertRule, revision: number): Promise<number> {
    if (this.stored.get(key)?.revision !== revision) throw new RevisionConflict(key);
    return this.write(key, value);
  }
  async delete(key: string): Promise<void> {
    this.stored.delete(key);
    this.handler(key, undefined, (this.revision += 1));
  }
  async watch(handler: Handler, onReset: () => void): Promise<BusSubscription> {
    this.handler = handler;
    this.onReset = onReset;
    for (const [key, { value, revision }] of this.stored) handler(key, value, revision);
    return { unsubscribe: () => undefined };
  }
  private write(key: string, value: AlertRule): number {
    this.stored.set(key, { value, revision: (this.revision += 1) });
    this.handler(key, value, this.revision);
    return this.revision;
  }
}

const draft: AlertRuleDraft = {
  name: 'Busy container',
  target: 'container',
  condition: { metric: 'cpu', op: '>', value: 80 },
};

describe('the book of rules', () => {
  let bucket: MemoryBucket;
  let book: RuleBook;
  let told: string[];

  beforeEach(async () => {
    bucket = new MemoryBucket();
    told = [];
    const changes = {
      onRule: ({ id }: AlertRule) => told.push(`+${id}`),
      onDropped: (id: string) => told.push(`-${id}`),
    };
    book = new RuleBook(bucket, changes, () => new Set<string>());
    await book.open();
  });

  it('makes ids of names, and tells each change once', async () => {
    expect(await book.save(draft)).toMatchObject({ id: 'busy_container', revision: 1 });
    expect(await book.save(draft)).toMatchObject({ id: 'busy_container_2' });
    await book.delete('busy_container');
    expect(told).toEqual(['+busy_container', '+busy_container_2', '-busy_container']);
    expect(book.list().map(({ id }) => id)).toEqual(['busy_container_2']);
  });

  it('refuses a change to a revision that is no longer the last one', async () => {
    const { id, revision } = await book.save(draft);
    await book.save({ ...draft, id, forMs: 1000 }, revision);
    await expect(book.save({ ...draft, id }, revision)).rejects.toMatchObject({ status: 409 });
    expect(book.get(id).forMs).toBe(1000);
  });

  it('refuses to create a rule over another, to change or delete one that is not there', async () => {
    await book.save({ ...draft, id: 'busy' });
    await expect(book.save({ ...draft, id: 'busy' })).rejects.toMatchObject({ status: 409 });
    await expect(book.save({ ...draft, id: 'gone' }, 3)).rejects.toMatchObject({ status: 404 });
    await expect(book.delete('gone')).rejects.toMatchObject({ status: 404 });
  });

  it('forgets all when the bucket was made anew', async () => {
    await book.save(draft);
    bucket.onReset();
    expect(book.list()).toEqual([]);
    expect(told).toEqual(['+busy_container', '-busy_container']);
  });
});

describe('the built-in rules', () => {
  const marks = () => {
    let mark: SeedMark | undefined;
    return {
      get: async () => (mark ? { value: mark, revision: 1 } : undefined),
      put: async (_key: string, value: SeedMark) => {
        mark = value;
        return 1;
      },
    };
  };

  it('are created once: one that was deleted does not come back', async () => {
    const bucket = new MemoryBucket();
    const mark = marks();
    expect(await seedRules(bucket, mark, 1)).toBe(true);
    await bucket.delete('container-died');
    expect(await seedRules(bucket, mark, 2)).toBe(false);
    expect(bucket.stored.size).toBe(5);
  });

  it('are completed after a first start that died half-way, and what was changed stays', async () => {
    const bucket = new MemoryBucket();
    const mark = marks();
    bucket.failAfter = 3;
    await expect(seedRules(bucket, mark, 1)).rejects.toThrow('killed');
    const { value, revision } = bucket.stored.get('host-cpu-warning')!;
    await bucket.update('host-cpu-warning', { ...value, enabled: false }, revision);
    bucket.failAfter = Infinity;
    expect(await seedRules(bucket, mark, 2)).toBe(true);
    expect(bucket.stored.size).toBe(6);
    expect(bucket.stored.get('host-cpu-warning')!.value.enabled).toBe(false);
  });
});

describe('provisioned rules', () => {
  it('stand before stored ones, are read-only, and give way again when the file no longer has them', async () => {
    const bucket = new MemoryBucket();
    const told: string[] = [];
    const changes = {
      onRule: ({ id, name }: AlertRule) => told.push(`+${id} ${name}`),
      onDropped: (id: string) => told.push(`-${id}`),
    };
    const book = new RuleBook(bucket, changes, () => new Set<string>());
    await book.open();
    const { revision } = await book.save({ ...draft, id: 'busy', name: 'Stored' });
    const rule = book.check({ ...draft, id: 'busy', name: 'Provisioned' });
    book.provision([rule, { ...rule, id: 'other' }]);
    expect(book.list().map(({ id, name, provisioned }) => [id, name, provisioned])).toEqual([
      ['busy', 'Provisioned', true],
      ['other', 'Provisioned', true],
    ]);
    await expect(book.save({ ...draft, id: 'busy' }, revision)).rejects.toMatchObject({ status: 409 });
    await expect(book.delete('other')).rejects.toMatchObject({ status: 409 });
    told.length = 0;
    book.provision([]);
    expect(told).toEqual(['+busy Stored', '-other']);
    expect(book.get('busy')).toMatchObject({ name: 'Stored', revision, provisioned: false });
  });
});
