/**
 * Runs the tasks of one key one after another, those of different keys beside one another, at most `width` at a time.
 * A key whose queue is full loses its new tasks; whoever adds is told.
 */
export class KeyedQueue {
  private readonly queues = new Map<string, (() => Promise<void>)[]>();
  private readonly ready: string[] = [];
  private running = 0;
  private idle: (() => void)[] = [];

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

  /** Resolves when nothing is left to do. */
  async drained(): Promise<void> {
    if (this.queues.size > 0) await new Promise<void>((resolve) => this.idle.push(resolve));
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
    if (this.queues.size === 0) for (const resolve of this.idle.splice(0)) resolve();
    this.next();
  }
}
