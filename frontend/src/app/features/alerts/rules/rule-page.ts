import { Component, computed, inject, signal } from '@angular/core';
import { takeUntilDestroyed } from '@angular/core/rxjs-interop';
import { ActivatedRoute, Router, RouterLink } from '@angular/router';
import type { StoredRule } from '@deckwatch/contracts';
import { METRICS } from '@deckwatch/contracts/wire';
import { firstValueFrom, map } from 'rxjs';
import { attempt } from '../../../core/attempt.ts';
import { Auth } from '../../../core/auth.ts';
import { PageTitle } from '../../../core/page-title.ts';
import { Rest, RestFault } from '../../../core/rest.ts';
import { ErrorState } from '../../../ui/error-state.ts';
import { Loading } from '../../../ui/loading.ts';
import { knownChannels } from '../channels/known-channels.ts';
import { isRule } from './is-rule.ts';
import { changed, EVENTS, formOf, readForm, SELECTORS, type RuleForm } from './rule-form.ts';
import { RulePreview } from './rule-preview.ts';
import { metricWords, sentenceOf } from './rule-words.ts';

/** What rules can watch. */
const TARGETS = [
  { value: 'container', text: 'containers' },
  { value: 'host', text: 'hosts' },
  { value: 'service', text: 'services' },
  { value: 'sessions', text: 'sessions' },
] as const;

/** One rule: how it is written, what it says in words, and what it would select now. */
@Component({
  selector: 'app-rule-page',
  imports: [ErrorState, Loading, RouterLink, RulePreview],
  templateUrl: './rule-page.html',
  styleUrls: ['../forms.css', './rule-page.css'],
})
export class RulePage {
  private readonly rest = inject(Rest);
  private readonly router = inject(Router);
  protected readonly auth = inject(Auth);
  protected readonly saving = attempt();
  /** As it is stored; null: a new one; undefined: not read yet. */
  protected readonly stored = signal<StoredRule | null | undefined>(undefined);
  protected readonly failure = signal('');
  protected readonly form = signal<RuleForm>(formOf(null));
  protected readonly channels = knownChannels();
  protected readonly targets = TARGETS;
  protected readonly events = EVENTS;
  protected readonly selectors = computed(() => SELECTORS[this.form().target]);
  protected readonly metrics = computed(() => METRICS[this.form().target].map((name) => ({ name, words: metricWords(name) }))); // prettier-ignore
  protected readonly read = computed(() => readForm(this.form()));
  protected readonly draft = computed(() => {
    const read = this.read();
    return 'draft' in read ? read.draft : null;
  });
  protected readonly faults = computed(() => {
    const read = this.read();
    return this.touched() && 'faults' in read ? read.faults : {};
  });
  /** What it says and selects shows before it has a name. */
  protected readonly shown = computed(() => {
    const form = this.form();
    const read = form.name.trim() === '' ? readForm({ ...form, name: 'New rule' }) : this.read();
    return 'draft' in read ? read.draft : null;
  });
  protected readonly sentence = computed(() => {
    const draft = this.shown();
    return draft === null ? 'One of the fields cannot be read yet.' : sentenceOf(draft);
  });
  /** A rule from a file, or one that somebody else may change, is shown and not written. */
  protected readonly readOnly = computed(() => !this.auth.may('admin') || this.stored()?.provisioned === true);
  private readonly touched = signal(false);

  constructor() {
    inject(PageTitle).show(computed(() => this.stored()?.name ?? ''));
    inject(ActivatedRoute)
      .paramMap.pipe(
        map((params) => params.get('id') ?? 'new'),
        takeUntilDestroyed(),
      )
      .subscribe((id) => void this.load(id));
  }

  protected async load(id: string): Promise<void> {
    this.failure.set('');
    this.stored.set(undefined);
    try {
      const rule = id === 'new' ? null : await firstValueFrom(this.rest.get(`/alert-rules/${encodeURIComponent(id)}`));
      if (rule !== null && !isRule(rule)) throw new Error('what came is no rule');
      this.stored.set(rule);
      this.form.set(formOf(rule));
    } catch (error) {
      this.failure.set(error instanceof RestFault && error.status === 404 ? 'There is no such rule.' : 'It could not be read.'); // prettier-ignore
    }
  }

  protected write(change: Partial<RuleForm>): void {
    this.form.update((form) => changed(form, change));
  }

  protected select(name: (typeof SELECTORS)['container'][number], glob: string): void {
    this.write({ select: { ...this.form().select, [name]: glob } });
  }

  protected choose(list: 'events' | 'channels', name: string, wanted: boolean): void {
    const others = this.form()[list].filter((other) => other !== name);
    this.write({ [list]: wanted ? [...others, name] : others });
  }

  protected async save(): Promise<void> {
    this.touched.set(true);
    const draft = this.draft();
    const stored = this.stored();
    if (draft === null || stored === undefined) return;
    const { done } = await this.saving.run(
      () =>
      stored === null
        ? this.rest.post('/alert-rules', draft)
        : this.rest.put(`/alert-rules/${encodeURIComponent(stored.id)}?revision=${stored.revision}`, { ...draft, id: stored.id }), // prettier-ignore
    );
    if (done) await this.router.navigateByUrl('/alerts/rules');
  }
}
