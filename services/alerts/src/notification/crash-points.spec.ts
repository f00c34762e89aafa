import type { AlertMessage } from '@deckwatch/contracts';
import { anAlertMessage, A_MOMENT, silentLog, VirtualClock } from '@deckwatch/testing';
import { MemoryLedgerBucket } from '../../test/memory-ledger.ts';
import { Dispatcher } from './dispatcher.ts';
import { FeedFloor, type FloorMark } from './feed-floor.ts';
import type { GroupMessage } from './group-notice.ts';
import { Ledger } from './ledger.ts';
import { Notifier } from './notifier.ts';

const SUBJECT = 'deckwatch.alerts.busy.alpha-0123456789ab';
const OTHER = 'deckwatch.alerts.busy.alpha-ba9876543210';
const CHANNELS = ['on-call', 'chat'];
const firing = anAlertMessage({ seq: 1 });
const resolved = anAlertMessage({ seq: 2, state: 'resolved', resolvedAt: A_MOMENT + 1 });
const again = { ...firing, id: 'busy-alpha-0123456789ab-2', t: A_MOMENT + 2 };
const STORY = [firing, resolved, again];
const ONE_STORY = STORY.map((message) => [SUBJECT, message] as const);
const other = STORY.map((message) => ({ ...message, id: message.id.replace('0123456789ab', 'ba9876543210') }));
/** As the stream has it: two alerts, in turn. */
const TWO_STORIES = STORY.flatMap((message, at) => [[SUBJECT, message] as const, [OTHER, other[at]!] as const]);

class Killed extends Error {}

/** Counts what is said to the outside, and kills the process before or after the nth of it. */
class Fate {
  readonly passed: string[] = [];
  dead = false;
  constructor(private readonly killAt: number) {}

  async io<T>(name: string, work: () => T | Promise<T>): Promise<T> {
    this.step(`before ${name}`);
    const result = await work();
    this.step(`after ${name}`);
    return result;
  }

  private step(name: string): void {
    if (this.dead) throw new Killed();
    this.passed.push(name);
    if (this.passed.length !== this.killAt) return;
    this.dead = true;
    throw new Killed();
  }
}

/** What outlives a process: the stream with what was acknowledged of it, the ledger's bucket, the queue, the receivers. */
class World {
  readonly clock = new VirtualClock();
  readonly bucket = new MemoryLedgerBucket();
  readonly received: { key: string; channel: string; message: AlertMessage; accepted: boolean }[] = [];
  acknowledged = 0;
  /** What is kept in case the consumer is lost. */
  floor?: FloorMark;
  /** Whether Redis keeps its jobs when the process dies. */
  jobs = new Map<string, number>();

  constructor(
    readonly keepsJobs: boolean,
    readonly stream: readonly (readonly [subject: string, message: AlertMessage])[] = ONE_STORY,
    readonly groupMs = 0,
    /** Finished deliveries that the ledger keeps. */
    readonly keeps = 100,
  ) {}

  /** The durable consumer is gone. */
  async loseConsumer(): Promise<void> {
    this.acknowledged = await this.floorOn(new Fate(Infinity)).of(1);
  }

  /** One life of the process: takes what is not acknowledged, delivers, sweeps, until it is killed or all is done. */
  async live(fate: Fate): Promise<void> {
    try {
      const { dispatcher, notifier } = await this.begin(fate);
      const floor = this.floorOn(fate);
      for (let at = this.acknowledged; at < this.stream.length; at += 1) {
        await notifier.take(this.stream[at]![0], at + 1, this.stream[at]![1]);
        await fate.io('ack', () => (this.acknowledged = at + 1));
        await floor.reached({ epoch: 1, seq: at + 1 }, 0);
      }
      for (let round = 0; round < 40; round += 1) {
        for (const [id, due] of [...this.jobs]) {
          if (due > this.clock.now()) continue;
          const pause = await dispatcher.attempt(id);
          this.jobs.delete(id);
          if (pause !== null) this.jobs.set(id, this.clock.now() + pause);
        }
        await this.clock.advance(10_000);
        await dispatcher.sweep();
      }
    } catch (error) {
      if (!(error instanceof Killed) && !fate.dead) throw error;
    }
    if (!this.keepsJobs) this.jobs.clear();
  }

  private floorOn(fate: Fate): FeedFloor {
    const bucket = {
      get: async () => this.floor && { value: this.floor, revision: 1 },
      put: (_key: string, mark: FloorMark) =>
        fate.io('floor written', () => {
          this.floor = mark;
          return 1;
        }),
    };
    return new FeedFloor(bucket, silentLog);
  }

  private async begin(fate: Fate) {
    const { bucket, clock } = this;
    const ledger = new Ledger(
      {
        get: (key) => fate.io('ledger read', () => bucket.get(key)),
        put: (key, value) => fate.io('ledger write', () => bucket.put(key, value)),
        delete: (key) => fate.io('ledger delete', () => bucket.delete(key)),
        watch: (handler) => fate.io('ledger load', () => bucket.watch(handler)),
      },
      this.keeps,
    );
    await ledger.load();
    const channelExists = (id: string) => CHANNELS.includes(id);
    const dispatcher = new Dispatcher({
      ledger,
      clock,
      log: silentLog,
      random: () => 1,
      channelExists,
      queue: {
        add: ({ id }, delayMs) =>
          fate.io('job added', () => {
            if (!this.jobs.has(id)) this.jobs.set(id, clock.now() + delayMs);
            return true;
          }),
        rest: () => fate.io('channel rests', () => undefined),
      },
      send: (channel, key, message) => fate.io('sent', () => this.receive(channel, key, message)),
    });
    const notifier = new Notifier({
      ledger,
      dispatcher,
      clock,
      channelsOf: () => CHANNELS,
      channelExists,
      notifyOf: () => ({ groupMs: this.groupMs, repeatMs: 0 }),
    });
    return { dispatcher, notifier };
  }

  /** Fails each first time, one time asking for a pause. */
  private receive(channel: string, key: string, message: AlertMessage) {
    const accepted = this.received.some((before) => before.key === key);
    this.received.push({ key, channel, message, accepted });
    return { ok: accepted, status: accepted ? 200 : 503, answer: '', retryAfterMs: accepted ? null : 2000 };
  }
}

const stepsOfALife = async (world = new World(true)): Promise<string[]> => {
  const fate = new Fate(Infinity);
  await world.live(fate);
  return fate.passed;
};

const membersOf = (message: AlertMessage): AlertMessage[] => (message as Partial<GroupMessage>).members ?? [message];

describe('a process that is killed while it delivers', () => {
  it('does all of its kinds of input and output in one life, so that the next test kills it at each', async () => {
    const steps = [...(await stepsOfALife()), ...(await stepsOfALife(new World(true, ONE_STORY, 0, 2)))];
    expect([...new Set(steps.map((step) => step.replace(/^\w+ /, '')))].sort()).toEqual(
      ['ack', 'channel rests', 'floor written', 'job added', 'ledger delete', 'ledger load', 'ledger read', 'ledger write', 'sent'], // prettier-ignore
    );
  });

  it.each([
    ['the queue keeps its jobs', true, 100, false],
    ['the queue loses its jobs', false, 100, false],
    ['the ledger forgets what is finished', true, 2, false],
    ['the consumer is lost', true, 100, true],
  ])(
    'at any step, where %s: every transition arrives, in order, repeated under its key only',
    async (_name, keepsJobs, keeps, losesConsumer) => {
      const begin = () => new World(keepsJobs, ONE_STORY, 0, keeps);
      const steps = (await stepsOfALife(begin())).length;
      expect(steps).toBeGreaterThan(100);
      let repeated = 0;
      for (let killAt = 1; killAt <= steps; killAt += 1) {
        const world = begin();
        await world.live(new Fate(killAt));
        if (losesConsumer) await world.loseConsumer();
        await world.live(new Fate(Infinity));
        for (const channel of CHANNELS) {
          const accepted = world.received.filter((call) => call.accepted && call.channel === channel);
          const first = [...new Map(accepted.map(({ key, message }) => [key, message])).values()];
          expect([killAt, first]).toEqual([killAt, STORY]);
          repeated += accepted.length - first.length;
        }
      }
      // At most one for each kill: only what was on its way when it happened is sent again.
      expect(repeated).toBeGreaterThan(0);
      expect(repeated).toBeLessThanOrEqual(steps);
    },
  );

  it('at any step of a group: all of it arrives in order, and comes again as the same under the same key only', async () => {
    const steps = (await stepsOfALife(new World(true, TWO_STORIES, 5000))).length;
    let groups = 0;
    for (let killAt = 1; killAt <= steps; killAt += 1) {
      const world = new World(killAt % 2 === 0, TWO_STORIES, 5000);
      await world.live(new Fate(killAt));
      await world.live(new Fate(Infinity));
      for (const channel of CHANNELS) {
        const accepted = world.received.filter((call) => call.accepted && call.channel === channel);
        const notices = new Map(accepted.map(({ key, message }) => [key, membersOf(message)] as const));
        for (const { key, message } of accepted) expect([killAt, membersOf(message)]).toEqual([killAt, notices.get(key)]); // prettier-ignore
        const told = [...notices.values()].flat();
        expect([killAt, told.filter(({ id }) => id.includes('0123456789ab'))]).toEqual([killAt, STORY]);
        expect([killAt, told.filter(({ id }) => id.includes('ba9876543210'))]).toEqual([killAt, other]);
        groups += [...notices.values()].filter((members) => members.length > 1).length;
      }
    }
    expect(groups).toBeGreaterThan(steps);
  });
});
