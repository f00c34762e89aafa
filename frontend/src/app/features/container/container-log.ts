import { Component, computed, inject, input } from '@angular/core';
import { Now } from '../../core/now.ts';
import { Icon } from '../../ui/icon.ts';
import { agoOf } from '../events/ago.ts';
import { mannerOf, peopleWords, type Happening } from '../events/event-words.ts';

const dateTime = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });

/** What happened to a container, newest first. */
@Component({
  selector: 'app-container-log',
  imports: [Icon],
  template: `
    <section class="panel" aria-labelledby="events">
      <h2 id="events">Events</h2>
      @if (rows().length > 0) {
        <ol aria-labelledby="events" tabindex="0">
          @for (row of rows(); track row.key) {
            <li>
              <ui-icon [name]="row.icon" [class]="row.tone" />
              <span
                >{{ row.words }}
                @if (row.people) {
                  <span class="people">{{ row.people }}</span>
                }
              </span>
              <time class="faint" [title]="row.at">{{ row.ago }}</time>
            </li>
          }
        </ol>
      } @else {
        <p class="faint" role="status">{{ none() }}</p>
      }
    </section>
  `,
  styleUrl: './container-log.css',
})
export class ContainerLog {
  private readonly now = inject(Now);
  readonly events = input.required<readonly Happening[]>();
  readonly state = input.required<'loading' | 'ready' | 'failed'>();
  protected readonly rows = computed(() =>
    this.events().map((event) => ({
      ...mannerOf(event),
      people: peopleWords(event, this.now.server()),
      key: `${event.event}:${event.t}`,
      at: dateTime.format(event.t),
      ago: agoOf(this.now.server() - event.t),
    })),
  );
  protected readonly none = computed(() => {
    if (this.state() === 'loading') return 'Loading…';
    return this.state() === 'failed' ? 'Its events could not be read.' : 'Nothing is known to have happened to it.';
  });
}
