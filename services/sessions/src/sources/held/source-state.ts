import type { SessionSource } from '@deckwatch/contracts';

/** How a source stands, but for what its settings say. */
export type SourceState = Omit<SessionSource, 'runsOn' | 'countsOnly'>;

const LATEST = 10;

/** Keeps a source's state. */
export class SourceBook {
  state: SourceState;

  constructor(source: { name: string; app: string; kind: SourceState['kind'] }, revokes: boolean) {
    const { name, app, kind } = source;
    this.state = {
      name,
      app,
      kind,
      state: 'waiting',
      fault: null,
      revokes,
      sessions: 0,
      comparedAt: null,
      mended: { created: 0, destroyed: 0 },
      gaps: 0,
      unseen: 0,
      unreadable: { count: 0, latest: [] },
    };
  }

  /** Goes on with the figures of who followed it before; nobody heard its events in between. */
  resume({ mended, gaps, unseen, unreadable }: SourceState): void {
    const missed = this.state.kind === 'redis' ? 1 : 0;
    this.state = { ...this.state, mended: { ...mended }, gaps: gaps + missed, unseen, unreadable };
  }

  turn(state: SourceState['state'], fault: string | null = null): void {
    this.state = { ...this.state, state, fault };
  }

  /** @param id the public one */
  unreadable(id: string, why: string): void {
    const { count, latest } = this.state.unreadable;
    const others = latest.filter((entry) => entry.id !== id);
    this.state = {
      ...this.state,
      unreadable: { count: count + 1, latest: [{ id, why }, ...others].slice(0, LATEST) },
    };
  }
}
