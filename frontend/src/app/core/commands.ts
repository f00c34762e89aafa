import { DestroyRef, inject, Service, signal } from '@angular/core';
import type { IconName } from '../ui/icon.ts';

/** Something that can be done, by name, from the command palette. */
export interface Command {
  id: string;
  text: string;
  group: string;
  icon?: IconName;
  /** The keys that do the same. */
  keys?: string;
  run: () => void;
}

/** What can be done now. */
@Service()
export class Commands {
  private readonly known = signal<readonly Command[]>([]);
  readonly all = this.known.asReadonly();

  /** Offers a command until the caller is destroyed. Call in an injection context. */
  add(command: Command): void {
    this.known.update((commands) => [...commands.filter(({ id }) => id !== command.id), command]);
    inject(DestroyRef).onDestroy(() => this.known.update((commands) => commands.filter((other) => other !== command)));
  }
}
