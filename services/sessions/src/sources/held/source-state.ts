/** How a source stands, for people. */
export interface SourceState {
  name: string;
  app: string;
  kind: 'redis' | 'http' | 'ingest';
  /** `away`: it does not answer; `loading`: its sessions are being read; `following`: all is known as it happens. */
  state: 'waiting' | 'away' | 'loading' | 'following';
  fault: string | null;
  /** Whether sessions can be revoked at it. */
  revokes: boolean;
  sessions: number;
  /** When all of it was last compared, Unix milliseconds; null: not yet. */
  comparedAt: number | null;
  /** What comparing found that no event had told. */
  mended: { created: number; destroyed: number };
  /** Times when events may have been missed. */
  gaps: number;
  /** Sessions whose end was told though their begin never was: they began in a gap. */
  unseen: number;
  /** Values that were not as the shape says, with the latest few reasons. */
  unreadable: { count: number; latest: { id: string; why: string }[] };
}

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
