import { RevisionConflict, RpcFault, type BusSubscription } from '@deckwatch/bus';
import type { Silence, SilenceDraft, SilenceRecord } from '@deckwatch/contracts';
import type { Clock } from '@deckwatch/service-kit';
import { checkSilence } from './silence-check.ts';
import { compileMatchers, type SilenceSubject } from './silence-matcher.ts';

/** What the book needs of a bucket. */
export interface SilenceBucket {
  create(key: string, value: SilenceRecord): Promise<number>;
  update(key: string, value: SilenceRecord, revision: number): Promise<number>;
  delete(key: string): Promise<void>;
  watch(
    handler: (key: string, value: SilenceRecord | undefined, revision: number) => void,
    onReset?: () => void,
  ): Promise<BusSubscription>;
}

export interface SilenceBookOptions {
  bucket: SilenceBucket;
  clock: Clock;
  newId(): string;
  /** Something begins, ends, or says something else than before. */
  onChange(): void;
}

interface Known {
  record: SilenceRecord;
  revision: number;
  provisioned: boolean;
  matches(subject: SilenceSubject): boolean;
}

const MAX_SILENCES = 1000;
/** A silence that is over is shown for so long. */
const KEEP_EXPIRED_MS = 7 * 86_400_000;

/** The silences, those of the bucket and those of the provisioning file; whoever wrote them, each change is told. */
export class SilenceBook {
  private readonly stored = new Map<string, Known>();
  private provisioned = new Map<string, Known>();
  private subscription?: BusSubscription;

  constructor(private readonly options: SilenceBookOptions) {}

  /** Resolves when all present silences are known. */
  async open(): Promise<void> {
    const { bucket, onChange } = this.options;
    const onReset = (): void => {
      this.stored.clear();
      onChange();
    };
    this.subscription = await bucket.watch((id, record, revision) => this.take(id, record, revision), onReset);
  }

  close(): void {
    this.subscription?.unsubscribe();
  }

  /** The ids of the silences that are on and match. */
  matching(subject: SilenceSubject): string[] {
    const now = this.options.clock.now();
    const found: string[] = [];
    for (const { record, matches } of this.all())
      if (record.startsAt <= now && now < record.endsAt && matches(subject)) found.push(record.id);
    return found.sort();
  }

  /** When the next silence begins or ends, Unix milliseconds; null: never. */
  nextChange(): number | null {
    const now = this.options.clock.now();
    let next = Infinity;
    for (const { record } of this.all())
      for (const at of [record.startsAt, record.endsAt]) if (at > now) next = Math.min(next, at);
    return Number.isFinite(next) ? next : null;
  }

  /** Those that are on or to come first, then the latest. */
  list(): Silence[] {
    const now = this.options.clock.now();
    const shown = [...this.all()].filter(({ record }) => record.endsAt + KEEP_EXPIRED_MS > now);
    return shown.map((known) => this.show(known)).sort((a, b) => b.endsAt - a.endsAt);
  }

  get(id: string): Silence {
    return this.show(this.find(id));
  }

  /** Creates a silence, or with an id replaces one: that revision, or what is there now. Throws RpcFault 400, 404, 409. */
  async save(draft: SilenceDraft, by: string, id?: string, revision?: number): Promise<Silence> {
    const now = this.options.clock.now();
    const known = id === undefined ? undefined : this.writable(id);
    if (!known && this.stored.size >= MAX_SILENCES)
      throw new RpcFault(409, `there are ${MAX_SILENCES} silences already; delete some that are over`);
    const checked = checkSilence({ startsAt: known?.record.startsAt, ...draft }, now);
    const record: SilenceRecord = {
      id: known?.record.id ?? this.options.newId(),
      ...checked,
      createdBy: known?.record.createdBy ?? by,
      createdAt: known?.record.createdAt ?? now,
    };
    return this.write(record, known && (revision ?? known.revision));
  }

  /** Throws RpcFault 404, 409. */
  async delete(id: string): Promise<void> {
    this.writable(id);
    await this.options.bucket.delete(id);
    this.drop(id);
  }

  /** Those of the provisioning file, all at once. */
  provision(records: readonly SilenceRecord[]): void {
    this.provisioned = new Map(records.map((record) => [record.id, known(record, 0, true)]));
    this.options.onChange();
  }

  /** Deletes what has been over for a week. */
  async prune(): Promise<void> {
    const now = this.options.clock.now();
    for (const { record } of [...this.stored.values()])
      if (record.endsAt + KEEP_EXPIRED_MS <= now) await this.delete(record.id);
  }

  private async write(record: SilenceRecord, revision: number | undefined): Promise<Silence> {
    const { bucket } = this.options;
    try {
      const saved = await (revision === undefined
        ? bucket.create(record.id, record)
        : bucket.update(record.id, record, revision));
      this.take(record.id, record, saved);
      return this.show(known(record, saved, false));
    } catch (error) {
      if (!(error instanceof RevisionConflict)) throw error;
      throw new RpcFault(409, `the silence "${record.id}" was changed meanwhile`, undefined, { cause: error });
    }
  }

  private *all(): Generator<Known> {
    yield* this.provisioned.values();
    for (const [id, silence] of this.stored) if (!this.provisioned.has(id)) yield silence;
  }

  private find(id: string): Known {
    const found = this.provisioned.get(id) ?? this.stored.get(id);
    if (!found) throw new RpcFault(404, `there is no silence "${id}"`);
    return found;
  }

  private writable(id: string): Known {
    const found = this.find(id);
    if (found.provisioned)
      throw new RpcFault(409, `the silence "${id}" stands in the provisioning file; change it there`);
    return found;
  }

  private show({ record, revision, provisioned }: Known): Silence {
    const now = this.options.clock.now();
    const state = now < record.startsAt ? 'pending' : now < record.endsAt ? 'active' : 'expired';
    return { ...record, state, revision, provisioned };
  }

  private take(id: string, record: SilenceRecord | undefined, revision: number): void {
    const before = this.stored.get(id);
    if (before && before.revision >= revision) return;
    if (!record) return this.drop(id);
    this.stored.set(id, known(record, revision, false));
    this.options.onChange();
  }

  private drop(id: string): void {
    if (this.stored.delete(id)) this.options.onChange();
  }
}

function known(record: SilenceRecord, revision: number, provisioned: boolean): Known {
  return { record, revision, provisioned, matches: compileMatchers(record.matchers) };
}
