import type { Piece, StateSource } from './state-source.ts';
import { Watchers } from './state-source.ts';

/** A state topic of one value, such as `sessions.count`. It is not warm before its first value. */
export class ValueBoard<T extends object> implements StateSource {
  version = 0;
  current?: T;
  private text = '{}';
  private readonly watchers = new Watchers();

  get warm(): boolean {
    return this.current !== undefined;
  }

  /** `same` tells whether two values differ only in what is not worth telling, such as their time. */
  set(value: T, same: (before: T, after: T) => boolean = () => false): void {
    if (this.current && same(this.current, value)) return;
    this.current = value;
    this.text = JSON.stringify(value);
    this.version += 1;
    this.watchers.notify();
  }

  snapshot(): Piece {
    return { data: this.text, count: 1 };
  }

  since(version: number): Piece | null {
    return version >= this.version ? null : this.snapshot();
  }

  watch(listener: () => void): () => void {
    return this.watchers.add(listener);
  }
}
