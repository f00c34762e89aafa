const MOST = 100_000;

/** Sessions whose end was told before Redis told of it; it may still do so. The oldest are forgotten. */
export class EarlyEnds {
  private readonly ids = new Set<string>();

  add(id: string): void {
    this.ids.add(id);
    if (this.ids.size <= MOST) return;
    const [oldest] = this.ids;
    this.ids.delete(oldest!);
  }

  /** Whether it was one; it is none any more. */
  take(id: string): boolean {
    return this.ids.delete(id);
  }

  clear(): void {
    this.ids.clear();
  }
}
