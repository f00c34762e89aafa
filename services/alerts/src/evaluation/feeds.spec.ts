import type { Bus, TailOptions } from '@deckwatch/bus';
import { A_MOMENT, aRule, silentLog, VirtualClock } from '@deckwatch/testing';
import { BehaviorSubject } from 'rxjs';
import { Evaluator } from './evaluator.ts';
import { Feeds } from './feeds.ts';
import { OwnShards } from './own-shards.ts';

const CREATED = '2026-01-01T00:00:00.000Z';
const EPOCH = Date.parse(CREATED);

/** A log of 1000 events, all within the longest window from 900 on. */
class LongLog {
  readonly tails: TailOptions[] = [];
  position = { epoch: 0, seq: 0 };

  readonly bus = {
    status$: new BehaviorSubject('up'),
    jsm: { streams: { info: async () => ({ created: CREATED, state: { last_seq: 1000 } }) } },
    js: { consumers: { get: async () => this.sinceWindow } },
    subscribe: () => ({ unsubscribe: () => undefined }),
    tail: (_: string, options: TailOptions) => {
      this.tails.push(options);
      return { start: () => undefined, stop: () => undefined, position: this.position };
    },
  } as unknown as Bus;

  private readonly sinceWindow = {
    info: async () => ({ num_pending: 101 }),
    next: async () => ({ seq: 900 }),
    delete: async () => true,
  };

  get begins(): unknown[] {
    return this.tails.map(({ from }) => from);
  }
}

describe('the log of events', () => {
  let log: LongLog;
  let feeds: Feeds;
  const at = (seq: number): { epoch: number; seq: number } => ({ epoch: EPOCH, seq });
  const activate = (shard: number, seq: number): Promise<void> => feeds.activate(new Map([[shard, at(seq)]]), A_MOMENT);

  beforeEach(() => {
    log = new LongLog();
    const clock = new VirtualClock();
    const evaluator = new Evaluator({ clock, announce: () => undefined, shards: new OwnShards(2) });
    evaluator.setRule(aRule({ id: 'dies', condition: { event: ['died'], count: 3, withinMs: 60_000 } }));
    feeds = new Feeds({
      bus: log.bus,
      evaluator,
      log: silentLog,
      clock,
      onInput: () => undefined,
      mayTake: () => true,
    });
  });
  afterEach(() => feeds.close());

  it('is read from where the window begins, or from before where the evaluator was behind', async () => {
    await activate(0, 950);
    await activate(1, 700);
    expect(log.begins).toEqual([900, 701]);
  });

  it.each([
    ['is not followed yet', { epoch: 0, seq: 0 }],
    ['has told nothing yet', at(0)],
  ])('is read no further back for a second shard while that of the first %s', async (_name, position) => {
    log.position = position;
    await activate(0, 990);
    await activate(1, 995);
    expect(log.begins).toEqual([900, 900]);
  });

  it('is read from its beginning where it was made anew before it is followed', async () => {
    await activate(0, 990);
    const [tail] = log.tails;
    tail!.onReset!({ epoch: EPOCH, lastSeq: 1000 });
    expect(tail!.from).toBe(900);
    tail!.onReset!({ epoch: EPOCH + 1, lastSeq: 3 });
    expect(tail!.from).toBe(1);
  });
});
