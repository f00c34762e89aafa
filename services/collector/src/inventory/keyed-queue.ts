/**
 * Runs the tasks of one key one after another, those of different keys beside one another, at most `width` at a time.
 * A key whose queue is full loses its new tasks; whoever adds is told.
 */
export class KeyedQueue {
  private readonly queues = new Map<string, (() => Promise<void>)[]>();
  private readonly ready: string[] = [];
  private running = 0;

  /** @param onFault told of a task that rejected; the queue goes on */
  constructor(
    private readonly width: number,
    private readonly longest: number,
    private readonly onFault: (key: string, error: unknown) => void,
  ) {}

  /** False: the key's queue is full, and the task was not taken. */
  add(key: string, task: () => Promise<void>): boolean {
    const queue = this.queues.get(key);
    if (queue && queue.length >= this.longest) return false;
    if (queue) {
      queue.push(task);
    } else {
      this.queues.set(key, [task]);
      this.ready.push(key);
    }
    this.next();
    return true;
  }

  private next(): void {
    while (this.running < this.width) {
      const key = this.ready.shift();
      if (key === undefined) return;
      this.running += 1;
      void this.run(key);
    }
  }

  private async run(key: string): Promise<void> {
    const queue = this.queues.get(key)!;
    try {
      await queue[0]!();
    } catch (error) {
      this.onFault(key, error);
    }
    queue.shift();
    this.running -= 1;
    if (queue.length > 0) this.ready.push(key);
    else this.queues.delete(key);
    this.next();
  }
}
