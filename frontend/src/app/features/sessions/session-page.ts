import { afterNextRender, Component, computed, DOCUMENT, ElementRef, inject, input } from '@angular/core';
import { Router, RouterLink } from '@angular/router';
import type { SessionEvent } from '@deckwatch/contracts';
import { formatDuration } from '@deckwatch/contracts/wire';
import { Auth } from '../../core/auth.ts';
import { Now } from '../../core/now.ts';
import { PageTitle } from '../../core/page-title.ts';
import { Shortcuts } from '../../core/shortcuts.ts';
import { SessionStore } from '../../core/stores/session-store.ts';
import { SourceStore } from '../../core/stores/source-store.ts';
import { ErrorState } from '../../ui/error-state.ts';
import { Icon } from '../../ui/icon.ts';
import { Loading } from '../../ui/loading.ts';
import { StatusDot } from '../../ui/status-dot.ts';
import { agoOf, dateTime } from '../events/ago.ts';
import { Revoking } from './revoking.ts';
import { sessionStory } from './session-story.ts';
import { endWords, eventWords } from './session-words.ts';

/** One session, over the list: who it is, since when, what it carries, what happened to it, and how to end it. */
@Component({
  selector: 'app-session-page',
  imports: [ErrorState, Icon, Loading, RouterLink, StatusDot],
  host: { role: 'region', tabindex: '-1', '[attr.aria-label]': 'title()' },
  templateUrl: './session-page.html',
  styleUrls: ['../../ui/sheet.css', './session-page.css'],
})
export class SessionPage {
  private readonly router = inject(Router);
  private readonly now = inject(Now);
  private readonly auth = inject(Auth);
  private readonly store = inject(SessionStore);
  private readonly sources = inject(SourceStore);
  private readonly revoking = inject(Revoking);
  /** From the address. */
  readonly app = input.required<string>();
  readonly id = input.required<string>();

  private readonly ref = computed(() => ({ app: this.app(), id: this.id() }), {
    equal: (a, b) => a.app === b.app && a.id === b.id,
  });
  protected readonly story = sessionStory(this.ref);
  private readonly end = computed(() => this.story.events().find(({ event }) => event === 'destroyed'));
  private readonly begin = computed(
    () => this.story.session()?.createdAt ?? this.story.events().find(({ event }) => event === 'created')?.t ?? null,
  );
  protected readonly user = computed(() => this.story.session()?.user ?? this.story.events()[0]?.user ?? null);
  protected readonly name = computed(() => this.user() ?? 'someone');
  protected readonly title = computed(() => `Session of ${this.name()}`);
  protected readonly word = computed(() => {
    switch (this.story.standing()) {
      case 'alive':
        return 'active';
      case 'over': {
        const end = this.end();
        return end ? endWords(end) : 'over';
      }
      default:
        return '';
    }
  });
  protected readonly facts = computed((): [string, string][] => {
    const session = this.story.session();
    const begin = this.begin();
    const end = this.end();
    const now = this.now.server();
    const facts: [string, string][] = [['App', this.app()]];
    if (begin !== null) {
      facts.push(['Began', dateTime.format(begin)]);
      if (end || this.story.standing() === 'alive')
        facts.push(['Duration', formatDuration(Math.max(0, (end?.t ?? now) - begin))]);
    }
    if (session) facts.push(['Last seen', agoOf(now - session.lastSeenAt)]);
    if (end) facts.push(['Ended', dateTime.format(end.t)]);
    else if (session && session.expiresAt !== null) facts.push(['Expires', expiry(session.expiresAt - now)]);
    facts.push(['Id', this.id()]);
    return facts;
  });
  protected readonly attrs = computed(() => {
    const attrs = this.story.session()?.attrs ?? this.story.events()[0]?.attrs ?? {};
    return Object.entries(attrs).map(([name, value]) => [name, String(value ?? '–')] as const);
  });
  protected readonly events = computed(() =>
    this.story.events().map((event: SessionEvent) => ({
      event,
      key: `${event.event}:${event.t}`,
      words: eventWords(event),
      at: dateTime.format(event.t),
    })),
  );
  protected readonly places = computed(() => this.store.places().filter(({ app }) => app === this.app()));
  protected readonly mayEnd = computed(() => this.auth.may('admin') && this.story.standing() === 'alive');
  /** Why it can't be ended; empty: it can be tried. */
  protected readonly bound = computed(() => {
    const sources = this.sources.byApp().get(this.app()) ?? [];
    const isBound = sources.length > 0 && sources.every(({ revokes }) => !revokes);
    return isBound ? 'Its source does not let Deckwatch end sessions.' : '';
  });

  protected readonly ago = (t: number): string => agoOf(this.now.server() - t);

  constructor() {
    this.sources.watch();
    inject(PageTitle).show(this.title);
    inject(Shortcuts).add({ keys: 'Escape', does: 'Back to the list', group: 'Session' }, () => this.close());
    const element = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement;
    const document = inject(DOCUMENT);
    afterNextRender(() => {
      if (!element.contains(document.activeElement)) element.focus({ preventScroll: true });
    });
  }

  protected close(): void {
    void this.router.navigate(['/sessions'], { queryParamsHandling: 'preserve' });
  }

  protected revoke(): void {
    void this.revoking.ask([this.ref()]);
  }
}

function expiry(ms: number): string {
  return ms <= 0 ? 'now' : `in ${formatDuration(ms)} unless it is touched`;
}
