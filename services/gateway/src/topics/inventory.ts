import { containerKey, type Container, type ContainerEvent } from '@deckwatch/contracts';
import type { ItemBoard } from './item-board.ts';
import type { StatsBoard } from './stats-board.ts';

/** States in which a container has no figures. */
const WITHOUT_FIGURES: ReadonlySet<string> = new Set(['exited', 'created', 'dead', 'removing']);

/** Keeps the topic `containers`: how each container stands after its last event. */
export class Inventory {
  constructor(
    private readonly board: ItemBoard<Container>,
    private readonly stats: StatsBoard,
    private readonly isDemo: (host: string) => boolean,
  ) {}

  apply(event: ContainerEvent): void {
    const { host, id, t } = event;
    const key = containerKey(host, id);
    if (event.event === 'removed') {
      this.stats.end(host, id, t);
      this.board.remove(key);
      return;
    }
    if (WITHOUT_FIGURES.has(event.state)) this.stats.end(host, id, t);
    else this.stats.revive(host, id);
    this.board.put({ ...event, key, demo: this.isDemo(host) });
  }

  /** A host turned out to be a demo, or no longer one. */
  relabel(host: string): void {
    const demo = this.isDemo(host);
    for (const container of this.of(host)) if (container.demo !== demo) this.board.put({ ...container, demo });
  }

  of(host: string): Container[] {
    return [...this.board.all()].filter((container) => container.host === host);
  }

  /** The stream was made anew: what is not told again is gone. */
  retainOnly(keys: ReadonlySet<string>): void {
    for (const { key } of [...this.board.all()]) if (!keys.has(key)) this.board.remove(key);
  }

  forgetHost(host: string): void {
    for (const { key } of this.of(host)) this.board.remove(key);
  }
}
