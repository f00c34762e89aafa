import { recordingLog, VirtualClock } from '@deckwatch/testing';
import type { Served, WrongCount } from '../registry/redis-registry.ts';
import type { Hearing } from '../registry/session-change.ts';
import { ExpiryWorker, type DueRegistry } from './expiry-worker.ts';

describe('the expiry worker', () => {
  let clock: VirtualClock;
  let looks: number[];
  let served: Partial<Served>[];
  let wrong: WrongCount[];
  let hearing: Hearing | null;
  let stop: AbortController;
  let work: Promise<void>;
  const log = recordingLog();
  const repaired: WrongCount[] = [];

  beforeEach(() => {
    clock = new VirtualClock(0);
    [looks, served, wrong] = [[], [], []];
    hearing = { since: 0, graceMs: 0 };
    stop = new AbortController();
  });
  afterEach(async () => {
    stop.abort();
    await work;
    expect(clock.pending).toBe(0);
  });

  function start(fault?: Error): void {
    const registry: DueRegistry = {
      serveDue: async (now) => {
        looks.push(now);
        if (fault) throw fault;
        return { looked: 0, expired: 0, told: 0, full: false, nextDueAt: null, ...served.shift() };
      },
      verify: async () => wrong.splice(0),
    };
    const onWrongCount = (each: WrongCount) => repaired.push(each);
    work = new ExpiryWorker({ registry, hearing: () => hearing, clock, log, onWrongCount }).work(stop.signal);
  }

  it('looks when the next is due, and four times a second for what others have added', async () => {
    served = [{ nextDueAt: 100 }, { nextDueAt: 90_000 }, { nextDueAt: null }];
    start();
    await clock.advance(600);
    expect(looks).toEqual([0, 100, 350, 600]);
  });

  it('goes on at once while more is due', async () => {
    served = [{ nextDueAt: 0 }, { nextDueAt: 0 }, {}];
    start();
    await clock.advance(1);
    expect(looks).toEqual([0, 0, 0]);
  });

  it('waits while nobody can be heard, while there is no room for events, and while Redis is away', async () => {
    hearing = null;
    start();
    await clock.advance(1200);
    expect(looks).toEqual([]);
    hearing = { since: 1200, graceMs: 0 };
    served = [{ full: true, nextDueAt: 0 }];
    await clock.advance(900);
    expect(looks).toEqual([1500, 2000]);
  });

  it('goes on looking when Redis does not answer', async () => {
    start(new Error('away'));
    await clock.advance(1100);
    expect(looks).toEqual([0, 500, 1000]);
  });

  it('verifies the counts once a minute and tells what was wrong', async () => {
    start();
    await clock.advance(1000);
    wrong = [{ app: 'shop', counted: 3, real: 2 }];
    await clock.advance(58_000);
    expect(repaired).toEqual([]);
    await clock.advance(2000);
    expect(repaired).toEqual([{ app: 'shop', counted: 3, real: 2 }]);
    expect(log.messages('error')).toEqual(['wrong count of sessions put right']);
  });
});
