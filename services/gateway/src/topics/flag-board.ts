import { DEFAULT_FLAGS, FLAGS, type FlagName, type Flags, type SystemItem } from '@deckwatch/contracts';
import type { ItemBoard } from './item-board.ts';

export function isFlagName(name: string): name is FlagName {
  return (FLAGS as readonly string[]).includes(name);
}

/** How the flags stand; shown in the topic `system`. What was never set is as by default. */
export class FlagBoard {
  private flags: Flags = { ...DEFAULT_FLAGS };
  private readonly listeners = new Set<() => void>();

  constructor(
    private readonly board: ItemBoard<SystemItem>,
    private readonly now: () => number,
  ) {
    for (const name of FLAGS) this.show(name);
  }

  get current(): Flags {
    return this.flags;
  }

  /** `value` undefined: back to the default. */
  set(name: string, value: boolean | undefined): void {
    if (!isFlagName(name)) return;
    const next = value ?? DEFAULT_FLAGS[name];
    if (this.flags[name] === next) return;
    this.flags = { ...this.flags, [name]: next };
    this.show(name);
    for (const listener of this.listeners) listener();
  }

  reset(): void {
    for (const name of FLAGS) this.set(name, undefined);
  }

  onChange(listener: () => void): void {
    this.listeners.add(listener);
  }

  private show(name: FlagName): void {
    this.board.put({ key: `flag.${name}`, kind: 'flag', name, value: this.flags[name], t: this.now() });
  }
}
