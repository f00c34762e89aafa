import { Component, computed, inject, signal } from '@angular/core';
import { FLAGS, type FlagName } from '@deckwatch/contracts/wire';
import { isRecord } from '../../core/frames.ts';
import { Rest } from '../../core/rest.ts';
import { attempt } from '../../core/attempt.ts';

const WORDS: Record<FlagName, string> = {
  containerStats: 'Live figures of containers',
  sessionEvents: 'Live sessions',
  systemAlerts: 'Live alerts',
  selectiveSubscriptions: 'Send each console only what it looks at',
};

/** What is sent live to everybody; while something is off, consoles ask by HTTP. */
@Component({
  selector: 'app-flags-section',
  host: { class: 'panel', role: 'region', 'aria-labelledby': 'flags' },
  template: `
    <div class="head">
      <h2 id="flags">Flags</h2>
      <p class="muted">For everybody, at once. What is off comes by HTTP; alerts and notices go on.</p>
    </div>
    <ul>
      @for (row of rows(); track row.name) {
        <li>
          <span class="name">{{ row.words }}</span>
          <span class="faint">{{ row.name }}</span>
          <span class="muted">{{ row.on === null ? '' : row.on ? 'on' : 'off' }}</span>
          <button
            type="button"
            class="button"
            role="switch"
            [attr.aria-checked]="row.on === true"
            [attr.aria-label]="row.words"
            [disabled]="row.on === null || changing.busy()"
            (click)="turn(row.name, row.on !== true)"
          >
            {{ row.on ? 'Switch off' : 'Switch on' }}
          </button>
        </li>
      }
    </ul>
    <p class="fault" role="alert">{{ changing.fault() }}</p>
  `,
  styleUrl: './settings.css',
})
export class FlagsSection {
  private readonly rest = inject(Rest);
  private readonly known = signal<Record<string, unknown>>({});
  protected readonly changing = attempt();
  protected readonly rows = computed(() =>
    FLAGS.map((name) => {
      const on = this.known()[name];
      return { name, words: WORDS[name], on: typeof on === 'boolean' ? on : null };
    }),
  );

  constructor() {
    void this.ask(() => this.rest.get('/flags'));
  }

  protected turn(name: FlagName, value: boolean): Promise<void> {
    return this.ask(() => this.rest.put(`/flags/${name}`, { value }));
  }

  private async ask(request: Parameters<typeof this.changing.run>[0]): Promise<void> {
    const { done, answer } = await this.changing.run(request);
    if (done && isRecord(answer)) this.known.set(answer);
  }
}
