import { effect, inject, Service, signal } from '@angular/core';
import { Title } from '@angular/platform-browser';
import { TitleStrategy, type RouterStateSnapshot } from '@angular/router';
import { Troubles } from '../core/troubles.ts';

/** The tab's title: how many troubles there are, the page, the product. */
@Service()
export class PageTitle extends TitleStrategy {
  private readonly title = inject(Title);
  private readonly troubles = inject(Troubles);
  private readonly page = signal<string | undefined>(undefined);

  constructor() {
    super();
    effect(() => {
      const count = this.troubles.count();
      const page = this.page();
      this.title.setTitle(`${count > 0 ? `(${count}) ` : ''}${page ? `${page} · ` : ''}Deckwatch`);
    });
  }

  override updateTitle(snapshot: RouterStateSnapshot): void {
    this.page.set(this.buildTitle(snapshot));
  }
}
