/** A session that its source is known to have. */
export interface Known {
  /** What it is called at the source; never shown. */
  readonly rest: string;
  readonly id: string;
  /** Which server of the source has it. */
  node: number;
  /** When the source will end it by itself, Unix milliseconds; Infinity: never. */
  dueAt: number;
  /** When it is looked at next. */
  queuedAt: number;
  /** The round of the last check that met it. */
  round: number;
  /** It was not there when it was looked at, though no event had told so: the event may be on its way. */
  missing: boolean;
  /** Redis has told of its begin. */
  heard: boolean;
  /** The mark of what was told of it last; null: it must be told again. */
  mark: number | null;
  /** The last check in which the registry had it. */
  kept: number;
  /** Revoked by us: its end has that reason. */
  revoked: boolean;
}

/**
 * The sessions of one source by public id, and when each is over: about 250 bytes a session. A source announces expiry
 * late, so the one that follows it has a clock of its own.
 */
export class KnownSessions {
  private readonly byId = new Map<string, Known>();
  /** A binary heap by `queuedAt`; entries that were put off or are gone are found out when their turn comes. */
  private heap: Known[] = [];
  private heapAt: number[] = [];

  get size(): number {
    return this.byId.size;
  }

  get(id: string): Known | undefined {
    return this.byId.get(id);
  }

  values(): IterableIterator<Known> {
    return this.byId.values();
  }

  add(rest: string, id: string, dueAt: number, round: number, node = 0): Known {
    const fresh = { missing: false, heard: false, mark: null, kept: 0, revoked: false };
    const known: Known = { rest, id, node, dueAt, queuedAt: Infinity, round, ...fresh };
    this.byId.set(id, known);
    this.due(known, dueAt);
    return known;
  }

  drop(id: string): void {
    this.byId.delete(id);
  }

  clear(): void {
    this.byId.clear();
    this.heap = [];
    this.heapAt = [];
  }

  due(known: Known, dueAt: number): void {
    known.dueAt = dueAt;
    if (dueAt >= known.queuedAt) return;
    known.queuedAt = dueAt;
    this.push(known, dueAt);
  }

  nextDueAt(): number {
    return this.heapAt[0] ?? Infinity;
  }

  /** Those that are due by `now`, at most `most`; each is named once until its time is set anew. */
  takeDue(now: number, most: number): Known[] {
    const taken: Known[] = [];
    while (taken.length < most && this.nextDueAt() <= now) {
      const at = this.heapAt[0]!;
      const known = this.pop();
      if (this.byId.get(known.id) !== known || known.queuedAt !== at) continue;
      known.queuedAt = Infinity;
      if (known.dueAt <= now) taken.push(known);
      else this.due(known, known.dueAt);
    }
    return taken;
  }

  /** Some of them, spread evenly: begins where the last sample ended. */
  *sample(count: number): Generator<Known> {
    for (let taken = 0; taken < Math.min(count, this.byId.size); taken += 1) {
      const next = this.sampling.next();
      if (next.done) {
        this.sampling = this.byId.values();
        continue;
      }
      yield next.value;
    }
  }
  private sampling: IterableIterator<Known> = this.byId.values();

  private push(known: Known, at: number): void {
    let place = this.heap.length;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if (this.heapAt[parent]! <= at) break;
      this.heap[place] = this.heap[parent]!;
      this.heapAt[place] = this.heapAt[parent]!;
      place = parent;
    }
    this.heap[place] = known;
    this.heapAt[place] = at;
  }

  private pop(): Known {
    const first = this.heap[0]!;
    const last = this.heap.pop()!;
    const lastAt = this.heapAt.pop()!;
    const size = this.heap.length;
    if (size === 0) return first;
    let place = 0;
    for (;;) {
      let child = 2 * place + 1;
      if (child >= size) break;
      if (child + 1 < size && this.heapAt[child + 1]! < this.heapAt[child]!) child += 1;
      if (this.heapAt[child]! >= lastAt) break;
      this.heap[place] = this.heap[child]!;
      this.heapAt[place] = this.heapAt[child]!;
      place = child;
    }
    this.heap[place] = last;
    this.heapAt[place] = lastAt;
    return first;
  }
}
