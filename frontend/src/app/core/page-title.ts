import { computed, DestroyRef, effect, inject, Service, signal, type Signal } from '@angular/core';
import { Title } from '@angular/platform-browser';
import { TitleStrategy, type RouterStateSnapshot } from '@angular/router';
import { Troubles } from './troubles/troubles.ts';

/** The tab's title: how many troubles there are, the page or what it shows, the product. */
@Service()
export class PageTitle extends TitleStrategy {
  private readonly title = inject(Title);
  private readonly troubles = inject(Troubles);
  private readonly page = signal<string | undefined>(undefined);
  private readonly shown = signal<Signal<string> | null>(null);

  constructor() {
    super();
    const text = computed(() => {
      const count = this.troubles.problems().length;
      const page = this.shown()?.() || this.page();
      return `${count > 0 ? `(${count}) ` : ''}${page ? `${page} · ` : ''}Deckwatch`;
    });
    effect(() => this.title.setTitle(text()));
  }

  override updateTitle(snapshot: RouterStateSnapshot): void {
    this.page.set(this.buildTitle(snapshot));
  }

  /** Names what is shown in place of the page, until the caller is destroyed. Call in an injection context. */
  show(name: Signal<string>): void {
    this.shown.set(name);
    inject(DestroyRef).onDestroy(() => this.shown.update((now) => (now === name ? null : now)));
  }
}
