import { DialogRef } from '@angular/cdk/dialog';
import { Component, computed, effect, ElementRef, inject, signal, viewChild } from '@angular/core';
import { Router } from '@angular/router';
import { Commands, type Command } from '../core/commands.ts';
import { bestOf } from '../core/fuzzy.ts';
import { ContainerStore } from '../core/stores/container-store.ts';
import { HostStore } from '../core/stores/host-store.ts';
import { Icon } from '../ui/icon.ts';
import { Keys } from '../ui/keys.ts';

const MOST = 50;
/** Containers and hosts say little before something is typed. */
const WITHOUT_QUERY = 20;

interface Found {
  command: Command;
  /** The text in parts, those that were searched for apart. */
  parts: { text: string; hit: boolean }[];
}

/** Go anywhere and do anything by typing a few letters of its name. */
@Component({
  selector: 'app-command-palette',
  imports: [Icon, Keys],
  templateUrl: './command-palette.html',
  styleUrl: './command-palette.css',
})
export class CommandPalette {
  private readonly dialog = inject(DialogRef);
  private readonly router = inject(Router);
  private readonly commands = inject(Commands);
  private readonly containers = inject(ContainerStore);
  private readonly hosts = inject(HostStore);
  private readonly list = viewChild.required<ElementRef<HTMLElement>>('list');
  protected readonly query = signal('');
  protected readonly at = signal(0);

  private readonly places = computed((): Command[] => {
    const hosts = this.hosts
      .hosts()
      .map(({ key }) => this.place('Hosts', key, 'server', ['/containers'], { host: key }));
    const containers = this.containers
      .containers()
      .map(({ key, name, host, id }) =>
        this.place('Containers', name, 'box', ['/containers', host, id], {}, key, host),
      );
    return [...hosts, ...containers];
  });
  protected readonly found = computed((): Found[] => {
    const query = this.query().trim();
    const known = this.commands.all();
    const all = query === '' ? [...known, ...this.places().slice(0, WITHOUT_QUERY)] : [...known, ...this.places()];
    const found = query === '' ? all.map((item) => ({ item, match: { at: [] } })) : bestOf(query, all, nameOf, MOST);
    return found.slice(0, MOST).map(({ item, match }) => ({ command: item, parts: partsOf(nameOf(item), match.at) }));
  });
  protected readonly current = computed(() => Math.min(this.at(), this.found().length - 1));
  protected readonly tally = computed(() => {
    const count = this.found().length;
    return count === 0 ? 'Nothing found' : `${count}${count === MOST ? ' or more' : ''} found`;
  });

  constructor() {
    this.containers.feed.watch();
    this.hosts.feed.watch();
    effect(() => {
      const row = this.list().nativeElement.children[this.current()];
      row?.scrollIntoView?.({ block: 'nearest' });
    });
  }

  protected type(query: string): void {
    this.query.set(query);
    this.at.set(0);
  }

  protected take(event: KeyboardEvent): void {
    const last = this.found().length - 1;
    if (event.key === 'ArrowDown') this.at.set(this.current() >= last ? 0 : this.current() + 1);
    else if (event.key === 'ArrowUp') this.at.set(this.current() <= 0 ? last : this.current() - 1);
    else if (event.key === 'Home' && this.query() === '') this.at.set(0);
    else if (event.key === 'End' && this.query() === '') this.at.set(last);
    else if (event.key === 'Enter') this.run(this.found()[this.current()]);
    else return;
    event.preventDefault();
  }

  protected run(found: Found | undefined): void {
    if (!found) return;
    this.dialog.close();
    // The focus goes back first, so that what is done may move it.
    setTimeout(() => found.command.run());
  }

  private place(
    group: string,
    text: string,
    icon: Command['icon'],
    path: string[],
    query: object,
    id = text,
    hint = '',
  ): Command {
    // prettier-ignore
    const run = (): void => void this.router.navigate(path, { queryParams: query });
    return { id: `${group}:${id}`, text, group: hint === '' ? group : `${group} · ${hint}`, icon: icon!, run };
  }
}

function nameOf({ text }: Command): string {
  return text;
}

function partsOf(text: string, at: readonly number[]): Found['parts'] {
  const parts: Found['parts'] = [];
  const hits = new Set(at);
  for (let place = 0; place < text.length; place += 1) {
    const hit = hits.has(place);
    const last = parts.at(-1);
    if (last?.hit === hit) last.text += text[place];
    else parts.push({ text: text[place] ?? '', hit });
  }
  return parts;
}
