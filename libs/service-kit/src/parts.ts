/** What a service needs in order to be ready, and what is wrong with each part; null: nothing. */
export class Parts {
  private readonly faults = new Map<string, string | null>();

  set(name: string, fault: string | null): void {
    this.faults.set(name, fault);
  }

  get ready(): boolean {
    return [...this.faults.values()].every((fault) => fault === null);
  }

  snapshot(): Record<string, string | null> {
    return Object.fromEntries(this.faults);
  }
}
