import { Component, computed, input, linkedSignal } from '@angular/core';
import { CopyButton } from './copy-button.ts';

/** So many are seen at a glance; more can be searched. */
const MANY = 8;

/** The labels of a container. */
@Component({
  selector: 'app-label-list',
  imports: [CopyButton],
  host: { '[hidden]': 'all().length === 0' },
  template: `
    <section class="panel" aria-labelledby="labels">
      <div class="head">
        <h2 id="labels">Labels</h2>
        <span class="faint" aria-live="polite">{{ tally() }}</span>
        @if (all().length > many) {
          <input
            #field
            class="control"
            type="search"
            placeholder="Filter labels"
            aria-label="Filter labels"
            autocomplete="off"
            spellcheck="false"
            [value]="search()"
            (input)="search.set(field.value)"
          />
        }
      </div>
      <dl>
        @for (label of shown(); track label[0]) {
          <div>
            <dt>{{ label[0] }}</dt>
            <dd>
              {{ label[1] }}
              <app-copy-button [text]="label[0] + '=' + label[1]" [what]="label[0]" />
            </dd>
          </div>
        }
      </dl>
    </section>
  `,
  styleUrl: './label-list.css',
})
export class LabelList {
  readonly labels = input.required<Readonly<Record<string, string>>>();
  protected readonly many = MANY;
  protected readonly all = computed(() => Object.entries(this.labels()).sort(([a], [b]) => a.localeCompare(b)));
  /** Another container's labels are all shown at first. */
  protected readonly search = linkedSignal({ source: () => JSON.stringify(this.labels()), computation: () => '' });
  protected readonly shown = computed(() => {
    const wanted = this.search().trim().toLowerCase();
    return this.all().filter(([name, value]) => `${name}=${value}`.toLowerCase().includes(wanted));
  });
  protected readonly tally = computed(() => {
    const [shown, all] = [this.shown().length, this.all().length];
    return shown === all ? `${all}` : `${shown} of ${all}`;
  });
}
