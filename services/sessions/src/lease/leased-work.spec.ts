import { settle, silentLog, VirtualClock } from '@deckwatch/testing';
import { LeasedWork, type Right } from './leased-work.ts';

const TTL_MS = 5000;

/** One lease for all, as Redis would keep it. */
class SharedLease {
  holder: string | null = null;
  away = false;
  /** Renewals are not answered for the time being, and nobody is given it. */
  hangs = false;
  private until = 0;

  constructor(private readonly clock: VirtualClock) {}

  rightOf(name: string): Right {
    const take = async (): Promise<boolean> => {
      if (this.away) throw new Error('away');
      if (this.hangs) return false;
      if (this.holder !== null && this.holder !== name && this.until > this.clock.now()) return false;
      this.holder = name;
      this.until = this.clock.now() + TTL_MS;
      return true;
    };
    const renew = async (): Promise<boolean> => {
      if (this.away) throw new Error('away');
      if (this.hangs) return new Promise(() => undefined);
      return this.holder === name && this.until > this.clock.now() ? take() : false;
    };
    const release = async (): Promise<void> => void (this.holder === name && (this.holder = null));
    return { ttlMs: TTL_MS, take, renew, release };
  }
}

describe('work under a lease', () => {
  let clock: VirtualClock;
  let lease: SharedLease;
  let busy: string[];
  let able: Record<string, boolean>;
  let workers: LeasedWork[];

  function worker(name: string): LeasedWork {
    able[name] = true;
    const work = (signal: AbortSignal): Promise<void> => {
      busy.push(name);
      return new Promise((resolve) =>
        signal.addEventListener('abort', () => (busy.splice(busy.indexOf(name), 1), resolve())),
      );
    };
    const options = {
      name,
      lease: lease.rightOf(name),
      work,
      able: () => able[name]!,
      clock,
      log: silentLog,
      random: () => 0.5,
    };
    const started = new LeasedWork(options);
    workers.push(started);
    started.start();
    return started;
  }

  beforeEach(() => {
    clock = new VirtualClock();
    lease = new SharedLease(clock);
    busy = [];
    able = {};
    workers = [];
  });
  afterEach(() => Promise.all(workers.map((each) => each.stop())));

  it('is done by one of two, for as long as it renews', async () => {
    worker('one');
    worker('two');
    for (let second = 0; second < 30; second += 1) {
      await clock.advance(1000);
      expect(busy).toEqual(['one']);
    }
  });

  it('is taken over at once when its holder stops', async () => {
    const one = worker('one');
    worker('two');
    await clock.advance(1000);
    await one.stop();
    await clock.advance(1000);
    expect(busy).toEqual(['two']);
  });

  it('is taken over in less than ten seconds when its holder dies', async () => {
    worker('two');
    lease.holder = 'dead';
    await lease.rightOf('dead').take();
    await clock.advance(4000);
    expect(busy).toEqual([]);
    await clock.advance(5000);
    expect(busy).toEqual(['two']);
  });

  it('ends in time when the lease can no longer be renewed', async () => {
    worker('one');
    await clock.advance(1000);
    lease.away = true;
    await clock.advance(TTL_MS - 1);
    expect(busy).toEqual([]);
    lease.away = false;
    await clock.advance(1500);
    expect(busy).toEqual(['one']);
  });

  it('ends in time when nobody answers whether the lease is renewed', async () => {
    worker('one');
    await clock.advance(1000);
    lease.hangs = true;
    await clock.advance(TTL_MS - 1);
    expect(busy).toEqual([]);
  });

  it('is left to another by one that is not able to do it', async () => {
    worker('one');
    worker('two');
    await clock.advance(1000);
    able['one'] = false;
    await clock.advance(2500);
    expect(busy).toEqual(['two']);
  });

  it('leaves no timer behind', async () => {
    worker('one');
    worker('two');
    await clock.advance(7000);
    await Promise.all(workers.map((each) => each.stop()));
    await settle();
    expect(clock.pending).toBe(0);
    expect(lease.holder).toBeNull();
  });
});
