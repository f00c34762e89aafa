/** How often one may fail before one waits, and how long then: 1 s, 2 s, 4 s … 5 min. */
const FREE = 5;
const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 5 * 60_000;
/** Failures are forgotten after so long. */
const FORGET_MS = 15 * 60_000;
const MOST_KEPT = 10_000;

interface Record {
  failures: number;
  at: number;
}

/**
 * Slows down who guesses passwords: by user and address together, so that nobody locks another out from elsewhere; and by
 * address, for who tries one password on many users.
 */
export class LoginLimiter {
  private readonly records = new Map<string, Record>();

  constructor(private readonly now: () => number) {}

  /** For how many milliseconds a sign-in has to wait; 0: it may be tried. */
  waitMs(username: string, address: string): number {
    return Math.max(...keysOf(username, address).map(({ key, free }) => this.waitOf(key, free)));
  }

  failed(username: string, address: string): void {
    for (const { key } of keysOf(username, address)) {
      const before = this.current(key);
      this.records.delete(key);
      this.records.set(key, { failures: (before?.failures ?? 0) + 1, at: this.now() });
    }
    for (const oldest of this.records.keys()) {
      if (this.records.size <= MOST_KEPT) break;
      this.records.delete(oldest);
    }
  }

  succeeded(username: string, address: string): void {
    this.records.delete(keysOf(username, address)[0]!.key);
  }

  private waitOf(key: string, free: number): number {
    const record = this.current(key);
    if (!record || record.failures < free) return 0;
    const waitMs = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(20, record.failures - free));
    return Math.max(0, record.at + waitMs - this.now());
  }

  private current(key: string): Record | undefined {
    const record = this.records.get(key);
    return record && this.now() - record.at < FORGET_MS ? record : undefined;
  }
}

/** Behind one address there may be many people: it may fail more often. */
function keysOf(username: string, address: string): { key: string; free: number }[] {
  return [
    { key: `user ${username.trim().toLowerCase().slice(0, 64)} ${address}`, free: FREE },
    { key: `address ${address}`, free: 10 * FREE },
  ];
}
