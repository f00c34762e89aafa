/** A part of a topic's state as it goes out: the JSON of `data`, and how many items it tells. */
export interface Piece {
  data: string;
  count: number;
}

/** What a state topic shows. Versions rise with each change; position `version` has seen all up to it. */
export interface StateSource {
  readonly version: number;
  /** False while its first content is still on the way: then a snapshot waits. */
  readonly warm: boolean;
  snapshot(): Piece;
  /** What changed after `version`; null: nothing, undefined: no longer known. */
  since(version: number): Piece | null | undefined;
  /** Calls `listener` after each change, until the returned function is called. */
  watch(listener: () => void): () => void;
}

/** Who wants to hear of changes. */
export class Watchers {
  private readonly listeners = new Set<() => void>();

  get size(): number {
    return this.listeners.size;
  }

  add(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  notify(): void {
    for (const listener of this.listeners) listener();
  }
}
