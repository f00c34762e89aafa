import { RevisionConflict, RpcFault, type BusSubscription } from '@deckwatch/bus';
import type { AlertRule, AlertRuleDraft, StoredRule } from '@deckwatch/contracts';
import { checkRule, idOf } from './rule-check.ts';

/** What the book needs of a bucket. */
export interface RuleBucket {
  create(key: string, value: AlertRule): Promise<number>;
  update(key: string, value: AlertRule, revision: number): Promise<number>;
  delete(key: string): Promise<void>;
  watch(
    handler: (key: string, value: AlertRule | undefined, revision: number) => void,
    onReset?: () => void,
  ): Promise<BusSubscription>;
}

export interface RuleChanges {
  onRule(rule: AlertRule): void;
  onDropped(id: string): void;
}

const MAX_RULES = 2000;

/** The rules as the bucket holds them, whoever wrote them; each change is told as it comes. */
export class RuleBook {
  private readonly rules = new Map<string, StoredRule>();
  /** Those of the provisioning file; they stand before stored ones of the same id. */
  private provisioned = new Map<string, StoredRule>();
  private subscription?: BusSubscription;

  constructor(
    private readonly bucket: RuleBucket,
    private readonly changes: RuleChanges,
    private readonly channels: () => ReadonlySet<string>,
  ) {}

  /** Resolves when all present rules are known. */
  async open(): Promise<void> {
    const onReset = () => [...this.rules.keys()].forEach((id) => this.take(id, undefined, Infinity));
    this.subscription = await this.bucket.watch((id, rule, revision) => this.take(id, rule, revision), onReset);
  }

  close(): void {
    this.subscription?.unsubscribe();
  }

  list(): StoredRule[] {
    return [...new Map([...this.rules, ...this.provisioned]).values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  find(id: string): StoredRule | undefined {
    return this.provisioned.get(id) ?? this.rules.get(id);
  }

  get(id: string): StoredRule {
    const rule = this.find(id);
    if (!rule) throw new RpcFault(404, `there is no rule "${id}"`);
    return rule;
  }

  /** Creates a rule, or replaces the given revision of it. Throws RpcFault 400, 404, 409. */
  async save(draft: AlertRuleDraft, revision?: number): Promise<StoredRule> {
    const rule = checkRule(draft, this.freeId(draft.name), this.channels());
    this.refuseProvisioned(rule.id);
    if (revision !== undefined) this.get(rule.id);
    else if (this.rules.size >= MAX_RULES)
      throw new RpcFault(409, `there are ${MAX_RULES} rules already; no more are kept`);
    try {
      const saved = await (revision === undefined
        ? this.bucket.create(rule.id, rule)
        : this.bucket.update(rule.id, rule, revision));
      this.take(rule.id, rule, saved);
      return { ...rule, revision: saved, provisioned: false };
    } catch (error) {
      if (!(error instanceof RevisionConflict)) throw error;
      const was = revision === undefined ? 'exists already' : `was changed since revision ${revision}`;
      throw new RpcFault(409, `the rule "${rule.id}" ${was}`, undefined, { cause: error });
    }
  }

  /** The rules of the provisioning file, all at once. */
  provision(rules: readonly AlertRule[]): void {
    const before = this.provisioned;
    this.provisioned = new Map(rules.map((rule) => [rule.id, { ...rule, revision: 0, provisioned: true }]));
    for (const id of before.keys()) {
      if (this.provisioned.has(id)) continue;
      const stored = this.rules.get(id);
      if (stored) this.changes.onRule(ruleOf(stored));
      else this.changes.onDropped(id);
    }
    for (const rule of rules) this.changes.onRule(rule);
  }

  /** Checks a draft as saving would, without saving. Throws RpcFault 400. */
  check(draft: AlertRuleDraft): AlertRule {
    return checkRule(draft, this.freeId(draft.name), this.channels());
  }

  /** Throws RpcFault 404, 409. */
  async delete(id: string): Promise<void> {
    this.get(id);
    this.refuseProvisioned(id);
    await this.bucket.delete(id);
  }

  private freeId(name: string): string {
    const base = idOf(name);
    if (!this.find(base)) return base;
    for (let number = 2; ; number += 1) if (!this.find(`${base}_${number}`)) return `${base}_${number}`;
  }

  private take(id: string, rule: AlertRule | undefined, revision: number): void {
    const known = this.rules.get(id);
    if (known && known.revision >= revision) return;
    if (rule) {
      this.rules.set(id, { ...rule, revision, provisioned: false });
      if (!this.provisioned.has(id)) this.changes.onRule(rule);
    } else if (this.rules.delete(id) && !this.provisioned.has(id)) this.changes.onDropped(id);
  }

  private refuseProvisioned(id: string): void {
    if (this.provisioned.has(id))
      throw new RpcFault(409, `the rule "${id}" stands in the provisioning file; change it there`);
  }
}

function ruleOf({ revision: _, provisioned: __, ...rule }: StoredRule): AlertRule {
  return rule;
}
