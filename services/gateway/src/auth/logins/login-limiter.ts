import { isLoopbackName } from '../admission.ts';
import { networkOf } from '../peer.ts';

/** How often one may fail before one waits, and how long then: 1 s, 2 s, 4 s … 5 min. */
const FREE = 5;
/** Behind one address there may be many people. */
const FREE_OF_ADDRESS = 50;
/** From anywhere: with the waits after that some hundred an hour. */
const FREE_OF_USER = 80;
const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 5 * 60_000;
/** Failures are forgotten after so long without another. */
const FORGET_MS = 60 * 60_000;
const MOST_KEPT = 10_000;

interface Record {
  failures: number;
  at: number;
}

interface Count {
  key: string;
  free: number;
}

/**
 * Slows down who guesses passwords: by user and address together, by address for who tries one password on many users, and
 * by user for who comes from many addresses. Who has signed in from an address before is held back there by his own
 * failures alone, so that nobody else's lock him out.
 */
export class LoginLimiter {
  private readonly records = new Map<string, Record>();
  /** Users with an address that they signed in from. */
  private readonly known = new Set<string>();

  constructor(private readonly now: () => number) {}

  /**
   * Asks for a try, for one that runs at the same time too: it counts as failed until it is said to be otherwise.
   * @returns for how many milliseconds it has to wait; 0: it may be tried now
   */
  claim(username: string, address: string): number {
    const counts = this.countsOf(username, address);
    const waitMs = Math.max(...counts.map(({ key, free }) => this.waitOf(key, free)));
    if (waitMs === 0) for (const { key } of counts) this.add(key, 1);
    return waitMs;
  }

  /** Whether he has signed in from there before. */
  isKnown(username: string, address: string): boolean {
    return this.known.has(pairOf(username, address));
  }

  /** The password was right: his failures are forgotten, and others' of this address are no matter to him any more. */
  succeeded(username: string, address: string): void {
    this.untried(username, address);
    const pair = pairOf(username, address);
    this.records.delete(pair);
    keep(this.known, pair);
  }

  /** It was not tried at all. */
  untried(username: string, address: string): void {
    for (const { key } of this.countsOf(username, address)) this.add(key, -1);
  }

  private countsOf(username: string, address: string): Count[] {
    const pair = pairOf(username, address);
    const own = { key: pair, free: FREE };
    if (this.known.has(pair)) return [own];
    const ofAddress = { key: `address ${networkOf(address)}`, free: FREE_OF_ADDRESS };
    // Whoever sits at the machine itself is never shut out from afar.
    if (isLoopbackName(address)) return [own, ofAddress];
    return [own, ofAddress, { key: `user ${nameOf(username)}`, free: FREE_OF_USER }];
  }

  private add(key: string, step: 1 | -1): void {
    const before = this.current(key);
    const failures = Math.max(0, (before?.failures ?? 0) + step);
    this.records.delete(key);
    if (failures > 0) this.records.set(key, { failures, at: step === 1 ? this.now() : before!.at });
    for (const oldest of this.records.keys()) {
      if (this.records.size <= MOST_KEPT) break;
      this.records.delete(oldest);
    }
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

function nameOf(username: string): string {
  return username.trim().toLowerCase().slice(0, 64);
}

function pairOf(username: string, address: string): string {
  return `${nameOf(username)} at ${networkOf(address)}`;
}

function keep(set: Set<string>, item: string): void {
  set.delete(item);
  set.add(item);
  for (const oldest of set) {
    if (set.size <= MOST_KEPT) break;
    set.delete(oldest);
  }
}
