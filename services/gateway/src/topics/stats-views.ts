import { STAT_COLS } from '@deckwatch/contracts';
import type { Piece, StateSource } from './state-source.ts';
import type { HostRows, StatsBoard } from './stats-board.ts';

const COLS = JSON.stringify(STAT_COLS);

function statsData(t: number, rows: string[]): Piece {
  return { data: `{"t":${t},"cols":${COLS},"rows":[${rows.join(',')}]}`, count: rows.length };
}

/** A key that is gone stands alone in its row. */
const goneRow = (key: string): string => `["${key}"]`;

/** The topic `stats`: all hosts. */
export class AllStats implements StateSource {
  constructor(private readonly board: StatsBoard) {}

  get version(): number {
    return this.board.version;
  }

  get warm(): boolean {
    return !this.board.awaitsAny;
  }

  snapshot(): Piece {
    const rows: string[] = [];
    let t = 0;
    for (const host of this.board.hosts.values()) {
      for (const text of host.rows.texts()) rows.push(text);
      t = Math.max(t, host.t);
    }
    return statsData(t, rows);
  }

  since(version: number): Piece | null | undefined {
    if (version >= this.version) return null;
    const rows: string[] = [];
    let t = 0;
    for (const host of this.board.hosts.values()) {
      if (host.version <= version) continue;
      if (!pushChanges(host, version, rows)) return undefined;
      t = Math.max(t, host.t);
    }
    return statsData(t, rows);
  }

  watch(listener: () => void): () => void {
    return this.board.everything.add(listener);
  }
}

function pushChanges(host: HostRows, version: number, rows: string[]): boolean {
  const changes = host.rows.since(version);
  if (!changes) return false;
  for (const text of changes.texts) rows.push(text);
  for (const key of changes.gone) rows.push(goneRow(key));
  return true;
}

/** The topic `stats.<host>`. */
export class HostStats implements StateSource {
  constructor(
    private readonly board: StatsBoard,
    private readonly host: string,
  ) {}

  get version(): number {
    return this.board.hosts.get(this.host)?.version ?? 0;
  }

  get warm(): boolean {
    return !this.board.awaits(this.host);
  }

  snapshot(): Piece {
    const host = this.board.hosts.get(this.host);
    return statsData(host?.t ?? 0, host?.rows.texts() ?? []);
  }

  since(version: number): Piece | null | undefined {
    const host = this.board.hosts.get(this.host);
    if (!host || version >= host.version) return null;
    const rows: string[] = [];
    return pushChanges(host, version, rows) ? statsData(host.t, rows) : undefined;
  }

  watch(listener: () => void): () => void {
    return this.board.watch(this.host, listener);
  }
}

/** Certain containers of certain hosts: the topics `stats.<host>.<id>` and `stats.visible`. */
export class ChosenStats implements StateSource {
  /** @param keys container keys by host */
  constructor(
    private readonly board: StatsBoard,
    private readonly keys: ReadonlyMap<string, readonly string[]>,
  ) {}

  get version(): number {
    let version = 0;
    for (const name of this.keys.keys()) version = Math.max(version, this.board.hosts.get(name)?.version ?? 0);
    return version;
  }

  get warm(): boolean {
    for (const name of this.keys.keys()) if (this.board.awaits(name)) return false;
    return true;
  }

  snapshot(): Piece {
    const rows: string[] = [];
    let t = 0;
    for (const [host, keys] of this.present()) {
      t = Math.max(t, host.t);
      for (const key of keys) {
        const text = host.rows.get(key);
        if (text !== undefined) rows.push(text);
      }
    }
    return statsData(t, rows);
  }

  since(version: number): Piece | null | undefined {
    const rows: string[] = [];
    let t = 0;
    for (const [host, keys] of this.present()) {
      if (host.version <= version) continue;
      if (!host.rows.remembers(version)) return undefined;
      t = Math.max(t, host.t);
      for (const key of keys) {
        const text = host.rows.changeOf(key, version);
        if (text !== undefined) rows.push(text ?? goneRow(key));
      }
    }
    return t === 0 ? null : statsData(t, rows);
  }

  watch(listener: () => void): () => void {
    const stops = Array.from(this.keys.keys(), (host) => this.board.watch(host, listener));
    return () => stops.forEach((stop) => stop());
  }

  private *present(): Generator<[HostRows, readonly string[]]> {
    for (const [name, keys] of this.keys) {
      const host = this.board.hosts.get(name);
      if (host) yield [host, keys];
    }
  }
}
