import type { AlertMessage } from '@deckwatch/contracts';
import { anAlertMessage, A_MOMENT, silentLog, VirtualClock } from '@deckwatch/testing';
import { MemoryLedgerBucket } from '../../test/memory-ledger.ts';
import { Dispatcher } from './dispatcher.ts';
import { Ledger } from './ledger.ts';
import { Notifier } from './notifier.ts';
import { GIVE_UP_MS, pauseAfter } from './retry-schedule.ts';

const SUBJECT = 'deckwatch.alerts.busy.alpha-0123456789ab';
const HOUR_MS = 3_600_000;

/** Ledger, dispatcher and notifier with a queue that runs jobs in virtual time, and a receiver that does as it is told. */
class Office {
  readonly clock = new VirtualClock();
  readonly bucket = new MemoryLedgerBucket();
  readonly jobs = new Set<string>();
  readonly sent: string[] = [];
  queueUp = true;
  channels = ['on-call'];
  readonly rests: string[] = [];
  answer: (channel: string, message: AlertMessage) => number | Error = () => 200;
  ledger = new Ledger(this.bucket);
  dispatcher = this.dispatch();
  private order = 0;

  async tell(message: AlertMessage, order = (this.order += 1), subject = SUBJECT): Promise<void> {
    const notifier = new Notifier({
      ledger: this.ledger,
      dispatcher: this.dispatcher,
      clock: this.clock,
      channelsOf: () => this.channels,
      notifyOf: () => undefined,
      channelExists: (id) => this.channels.includes(id),
    });
    await notifier.take(subject, order, message);
  }

  /** All is lost but the ledger's bucket. */
  async crash(): Promise<void> {
    this.jobs.clear();
    this.ledger = new Ledger(this.bucket);
    await this.ledger.load();
    this.dispatcher = this.dispatch();
  }

  get states(): string[] {
    return this.ledger
      .page(100)
      .items.map(({ id, state }) => `${id.slice('busy-alpha-0123456789ab-'.length)} ${state}`)
      .reverse();
  }

  private dispatch(): Dispatcher {
    const dispatcher: Dispatcher = new Dispatcher({
      ledger: this.ledger,
      clock: this.clock,
      log: silentLog,
      random: () => 1,
      supersedeAfter: 3,
      channelExists: (id) => this.channels.includes(id),
      queue: {
        add: async ({ id }, delayMs) => this.queueUp && this.run(dispatcher, id, delayMs),
        rest: async (channel, ms) => void this.rests.push(`${channel} ${ms}`),
      },
      send: async (channel, _id, message) => {
        if (!this.channels.includes(channel)) return undefined;
        const said = this.answer(channel, message);
        this.sent.push(`${channel} ${message.state}`);
        if (said instanceof Error) throw said;
        const retryAfterMs = said === 429 ? 90_000 : null;
        return { ok: said === 200, status: said, answer: 'said', retryAfterMs };
      },
    });
    return dispatcher;
  }

  private run(dispatcher: Dispatcher, id: string, delayMs: number): boolean {
    if (this.jobs.has(id)) return true;
    this.jobs.add(id);
    this.clock.setTimeout(() => {
      if (dispatcher !== this.dispatcher) return;
      void dispatcher.attempt(id).then((pause) => {
        this.jobs.delete(id);
        if (pause !== null) this.run(dispatcher, id, pause);
      });
    }, delayMs);
    return true;
  }
}

const pending = anAlertMessage({ state: 'pending', firedAt: null });
const firing = anAlertMessage({ seq: 2 });
const resolved = anAlertMessage({ seq: 3, state: 'resolved', resolvedAt: A_MOMENT + 1 });
const other = (message: AlertMessage, n = 2): AlertMessage => ({ ...message, id: `busy-alpha-0123456789ab-${n}` });

describe('notices', () => {
  let office: Office;
  beforeEach(() => {
    office = new Office();
  });

  it('are sent for firing and resolved, once each, not for pending or what is no transition', async () => {
    for (const message of [pending, firing, { ...firing, change: 'ack' as const, seq: 9 }, resolved])
      await office.tell(message);
    await office.tell(firing, 2);
    await office.clock.advance(1000);
    expect(office.sent).toEqual(['on-call firing', 'on-call resolved']);
    expect(office.states).toEqual(['1.2.on-call delivered', '1.3.on-call delivered']);
  });

  it('say nothing of an alert that never fired, unless it was without data', async () => {
    await office.tell(pending);
    await office.tell({ ...resolved, firedAt: null, seq: 2 });
    await office.tell(other({ ...firing, state: 'nodata', firedAt: null, seq: 1 }));
    await office.tell(other({ ...resolved, firedAt: null, seq: 2 }));
    await office.clock.advance(1000);
    expect(office.sent).toEqual(['on-call nodata', 'on-call resolved']);
  });

  it('of two alerts whose ids are the same by chance are both sent', async () => {
    await office.tell(firing);
    await office.tell(
      { ...firing, rule: { id: 'busy-alpha', name: 'x' } },
      7,
      'deckwatch.alerts.busy-alpha.0123456789ab',
    );
    await office.clock.advance(1000);
    expect(office.sent).toEqual(['on-call firing', 'on-call firing']);
  });

  it('of the end go to those who heard of the beginning, even if the rule is gone', async () => {
    await office.tell(firing);
    office.channels = ['on-call', 'new'];
    await office.tell(resolved);
    await office.clock.advance(1000);
    expect(office.sent).toEqual(['on-call firing', 'on-call resolved']);
  });

  it('keep their order: the next waits until the one before is delivered', async () => {
    office.answer = () => (office.sent.length < 2 ? 500 : 200);
    await office.tell(firing);
    await office.tell(resolved);
    await office.clock.advance(10_000);
    expect(office.sent).toEqual(['on-call firing', 'on-call firing', 'on-call firing', 'on-call resolved']);
  });

  it('of a firing that could not be delivered give way to the resolved', async () => {
    office.answer = () => new Error('connect ECONNREFUSED');
    await office.tell(firing);
    await office.clock.advance(2 * HOUR_MS);
    office.answer = () => 200;
    await office.tell(resolved);
    await office.clock.advance(1000);
    expect(office.sent.at(-1)).toBe('on-call resolved');
    expect(office.states).toEqual(['1.2.on-call superseded', '1.3.on-call delivered']);
  });

  it('are tried for a day, with growing pauses, then dead, and can be tried again', async () => {
    office.answer = () => 500;
    await office.tell(firing);
    await office.clock.advance(GIVE_UP_MS + HOUR_MS);
    const attempts = office.sent.length;
    expect(attempts).toBeGreaterThan(20);
    expect(attempts).toBeLessThan(80);
    expect(office.states).toEqual(['1.2.on-call dead']);
    expect(office.ledger.page(1).items[0]).toMatchObject({ attempts, outcome: '500 said', nextAttemptAt: null });
    office.answer = () => 200;
    await office.dispatcher.retry(`${firing.id}.2.on-call`);
    await office.clock.advance(1000);
    expect(office.states).toEqual(['1.2.on-call delivered']);
    await expect(office.dispatcher.retry(`${firing.id}.2.on-call`)).rejects.toMatchObject({ status: 409 });
    await expect(office.dispatcher.retry('nothing')).rejects.toMatchObject({ status: 404 });
  });

  it('that are tried again begin anew: short pauses, and another day', async () => {
    office.answer = () => 500;
    await office.tell(firing);
    await office.clock.advance(GIVE_UP_MS + HOUR_MS);
    const before = office.sent.length;
    await office.dispatcher.retry(`${firing.id}.2.on-call`);
    await office.clock.advance(10_000);
    expect(office.sent.length - before).toBe(4);
    await office.clock.advance(GIVE_UP_MS + HOUR_MS);
    expect(office.states).toEqual(['1.2.on-call dead']);
  });

  it('wait as long as Retry-After asks', async () => {
    office.answer = () => (office.sent.length === 0 ? 429 : 200);
    await office.tell(firing);
    await office.clock.advance(89_000);
    expect(office.sent).toHaveLength(1);
    expect(office.rests).toEqual(['on-call 90000']);
    await office.clock.advance(2000);
    expect(office.sent).toHaveLength(2);
  });

  it('tell of each attempt what came of it, of the latest only', async () => {
    office.answer = () => (office.sent.length < 14 ? 503 : 200);
    await office.tell(firing);
    await office.clock.advance(5 * HOUR_MS);
    const [{ tries, attempts, outcome, about } = { tries: [] }] = office.ledger.page(1).items;
    expect(attempts).toBe(15);
    expect(tries.map(({ ok }) => ok)).toEqual([...Array(9).fill(false), true]);
    expect(tries.at(-1)).toMatchObject({ outcome: '200 said', tookMs: 0 });
    expect([outcome, about]).toEqual(['200 said', 'firing: Busy container, web']);
  });

  it('to one channel are not held up by another', async () => {
    office.channels = ['dead', 'on-call'];
    office.answer = (channel) => (channel === 'dead' ? new Error('no answer') : 200);
    await office.tell(firing);
    await office.tell(resolved);
    await office.clock.advance(1000);
    expect(office.sent.filter((line) => line.startsWith('on-call'))).toEqual(['on-call firing', 'on-call resolved']);
  });

  it('survive a crash and a queue that was lost: the sweep finds what has no job', async () => {
    office.queueUp = false;
    await office.tell(firing);
    await office.tell(other(firing, 2));
    await office.crash();
    office.queueUp = true;
    expect(await office.dispatcher.sweep()).toBe(0);
    await office.clock.advance(5000);
    expect(await office.dispatcher.sweep()).toBe(1);
    await office.clock.advance(1000);
    expect(office.states.map((line) => line.split(' ')[1])).toEqual(['delivered', 'delivered']);
  });

  it('are sent again rather than lost when the ledger could not be written after the answer', async () => {
    await office.tell(firing);
    office.bucket.failAt = 1;
    await office.dispatcher.attempt(`${firing.id}.2.on-call`).catch(() => undefined);
    expect(office.sent).toHaveLength(1);
    await office.clock.advance(1000);
    expect(office.sent).toHaveLength(2);
    expect(office.states).toEqual(['1.2.on-call delivered']);
  });

  it('for a channel that was deleted are given up', async () => {
    office.answer = () => 500;
    await office.tell(firing);
    await office.tell(resolved);
    office.channels = [];
    await office.dispatcher.abandon('on-call');
    expect(office.states).toEqual(['1.2.on-call dead', '1.3.on-call dead']);
    expect(office.ledger.waiting).toBe(0);
    await expect(office.dispatcher.retry(`${firing.id}.2.on-call`)).rejects.toMatchObject({
      status: 409,
      message: 'the channel was deleted',
    });
  });

  it('for a channel that was deleted while nobody delivered are given up too', async () => {
    office.answer = () => 500;
    await office.tell(firing);
    await office.crash();
    office.channels = [];
    await office.dispatcher.sweep();
    expect(office.states).toEqual(['1.2.on-call dead']);
  });
});

describe('the ledger', () => {
  it('keeps what is sent no longer than it may be sent', async () => {
    const office = new Office();
    await office.tell(firing);
    expect([...office.bucket.stored.values()][0]).toContain('"message":{');
    await office.clock.advance(1000);
    expect([...office.bucket.stored.values()][0]).toContain('"message":null');
  });

  it('tells its pages newest first', async () => {
    const office = new Office();
    for (let n = 1; n <= 5; n += 1) await office.tell(other(firing, n));
    const first = office.ledger.page(2);
    const second = office.ledger.page(2, first.nextCursor!);
    const third = office.ledger.page(2, second.nextCursor!);
    expect(
      [first, second, third].flatMap(({ items }) => items.map(({ alertId }) => Number(alertId.slice(-1)))),
    ).toEqual([5, 4, 3, 2, 1]);
    expect([first.total, third.nextCursor]).toEqual([5, null]);
    expect(Object.keys(first.items[0]!)).not.toContain('message');
    expect(() => office.ledger.page(2, 'not a cursor')).toThrow('cursor');
  });

  it('finds deliveries by state, channel, alert and time', async () => {
    const office = new Office();
    office.channels = ['on-call', 'chat'];
    office.answer = (channel) => (channel === 'chat' ? 500 : 200);
    await office.tell(firing);
    await office.clock.advance(60_000);
    await office.tell(other(firing, 2));
    const ids = (filter: object) => office.ledger.page(100, undefined, filter).items.map(({ id }) => id.slice(-9));
    expect(ids({ state: 'delivered' })).toEqual(['2.on-call']);
    expect(ids({ channel: 'chat' })).toEqual(['-2.2.chat', '-1.2.chat']);
    expect(ids({ alert: other(firing, 2).id, channel: 'on-call' })).toEqual(['2.on-call']);
    expect(ids({ from: A_MOMENT + 30_000 })).toHaveLength(2);
    expect(ids({ to: A_MOMENT + 30_000 })).toHaveLength(2);
    expect(office.ledger.page(1, undefined, { channel: 'chat' })).toMatchObject({ total: 2 });
  });
});

describe('pauses between attempts', () => {
  it('double up to half an hour and are spread over the upper half', () => {
    const longest = [1, 2, 3, 12, 100].map((attempts) => pauseAfter(attempts, () => 1));
    expect(longest).toEqual([1000, 2000, 4000, 1_800_000, 1_800_000]);
    expect(pauseAfter(3, () => 0)).toBe(2000);
  });
});
