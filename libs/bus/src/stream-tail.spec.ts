import type { JsMsg, OrderedConsumerOptions } from '@nats-io/jetstream';
import { eventually, silentLog } from '@deckwatch/testing';
import { BehaviorSubject } from 'rxjs';
import type { Bus } from './bus.ts';
import { StreamTail, type TailOptions } from './stream-tail.ts';

/** A stream of a cluster: who leads knows all, the servers that keep consumers perhaps less. */
class ClusteredStream {
  /** The last sequence that the leader tells, at each question the next. */
  leader = [0];
  /** The same of the server that keeps a consumer. */
  keeper = [0];
  readonly starts: Partial<OrderedConsumerOptions>[] = [];
  private readonly status$ = new BehaviorSubject('up');

  readonly bus = {
    status$: this.status$,
    jsm: {
      streams: {
        info: async () => ({ created: '2026-01-01', state: { last_seq: next(this.leader) } }),
        getMessage: async (_: string, { seq }: { seq: number }) => (seq <= this.leader[0]! ? { seq } : null),
      },
    },
    js: { consumers: { get: async (_: string, at: Partial<OrderedConsumerOptions>) => this.consumer(at) } },
  } as unknown as Bus;

  /** The broker goes and comes: consumers are made anew. */
  reconnect(): void {
    this.status$.next('up');
  }

  private consumer(at: Partial<OrderedConsumerOptions>) {
    this.starts.push(at);
    const last = next(this.keeper);
    const from = at.opt_start_seq ?? 1;
    let end = (): void => undefined;
    const ended = new Promise<void>((resolve) => (end = resolve));
    const consume = async () => ({
      closed: () => ended,
      close: async () => end(),
      status: async function* () {
        await ended;
        yield { type: 'closed' };
      },
      [Symbol.asyncIterator]: async function* () {
        for (let seq = from; seq <= last; seq += 1) yield messageAt(seq, last);
        await ended;
      },
    });
    return { info: async () => ({ num_pending: Math.max(0, last - from + 1) }), consume };
  }
}

/** The first answer, unless there is another to come. */
function next(answers: number[]): number {
  return answers.length > 1 ? answers.shift()! : answers[0]!;
}

function messageAt(seq: number, last: number): JsMsg {
  return { seq, subject: 's', data: new Uint8Array(), time: new Date(0), info: { pending: last - seq } } as unknown as JsMsg; // prettier-ignore
}

describe('a tail on a cluster', () => {
  let stream: ClusteredStream;
  let seen: number[];
  let resets: number;
  let tail: StreamTail;

  beforeEach(() => {
    stream = new ClusteredStream();
    seen = [];
    resets = 0;
  });
  afterEach(() => tail.stop());

  function follow(from: TailOptions['from']): void {
    const options = { from, onMessage: ({ seq }: { seq: number }) => seen.push(seq), onReset: () => (resets += 1) };
    tail = new StreamTail(stream.bus, 'S', options, silentLog);
    tail.start();
  }

  it('loses nothing to a server that has not yet what the leader has', async () => {
    [stream.leader, stream.keeper] = [[3], [3]];
    follow(1);
    await eventually(() => expect(seen).toEqual([1, 2, 3]));
    // Two more are stored; the consumer's new server hears of them late.
    [stream.leader, stream.keeper] = [[5], [3, 3, 5]];
    stream.reconnect();
    await eventually(() => expect(seen).toEqual([1, 2, 3, 4, 5]));
    expect(resets).toBe(1);
  });

  it('does not take a leader that is behind for a stream that was made anew', async () => {
    [stream.leader, stream.keeper] = [[3], [3]];
    follow(1);
    await eventually(() => expect(seen).toEqual([1, 2, 3]));
    [stream.leader, stream.keeper] = [[2, 2, 4], [4]];
    stream.reconnect();
    await eventually(() => expect(seen).toEqual([1, 2, 3, 4]));
    expect(resets).toBe(1);
  });

  it('begins where it was told to, also when the first server it asks is behind', async () => {
    [stream.leader, stream.keeper] = [[5], [0, 5]];
    follow(4);
    await eventually(() => expect(seen).toEqual([4, 5]));
    expect(stream.starts.map(({ opt_start_seq: start }) => start)).toEqual([4, 4]);
    expect(resets).toBe(1);
  });

  it('asks for the last of each subject until a server has them', async () => {
    [stream.leader, stream.keeper] = [[2], [0, 2]];
    follow('last-per-subject');
    await eventually(() => expect(seen).toEqual([1, 2]));
    expect(stream.starts.map(({ deliver_policy: policy }) => policy)).toEqual(Array(2).fill('last_per_subject'));
  });
});
