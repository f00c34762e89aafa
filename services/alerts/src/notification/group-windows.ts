/**
 * Which notices wait for others of their rule and channel: the first goes out at once and opens a window; what comes
 * while it is open waits for its end and goes out together, and then another window follows.
 */
export class GroupWindows {
  private readonly windows = new Map<string, { end: number; held: number }>();

  /** When a notice may go out, Unix milliseconds; null: at once. */
  place(key: string, groupMs: number, now: number): number | null {
    if (groupMs <= 0) return null;
    const open = this.windows.get(key);
    if (open && now < open.end) {
      open.held += 1;
      return open.end;
    }
    this.forgetOld(now);
    if (open && open.held > 0 && now < open.end + groupMs) {
      const end = open.end + groupMs;
      this.windows.set(key, { end, held: 1 });
      return end;
    }
    this.windows.set(key, { end: now + groupMs, held: 0 });
    return null;
  }

  /** A notice that waits already, read again after a restart. */
  resume(key: string, end: number): void {
    const open = this.windows.get(key);
    if (!open || open.end < end) this.windows.set(key, { end, held: 1 });
  }

  private forgetOld(now: number): void {
    if (this.windows.size < 1000) return;
    for (const [key, { end }] of this.windows) if (end + 3_600_000 < now) this.windows.delete(key);
  }
}
