import { rm } from 'node:fs/promises';
import { subjects } from '@deckwatch/contracts';
import { aSessionEvent, describeWith, eventually } from '@deckwatch/testing';
import fc from 'fast-check';
import type { Console, Frame } from './console.ts';
import { useGateway, type Fixture } from './fixture.ts';
import type { RunningGateway } from './harness.ts';

const TOPIC = 'sessions.events';

type Step =
  | { kind: 'publish'; count: number }
  | { kind: 'cut' }
  | { kind: 'connect'; gateway: 0 | 1 }
  /** Purges all but the last `keep`. */
  | { kind: 'trim'; keep: number }
  /** Deletes one message out of the middle. */
  | { kind: 'delete'; back: number };

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({ kind: fc.constant('publish' as const), count: fc.integer({ min: 1, max: 40 }) }),
    },
    { weight: 3, arbitrary: fc.constant({ kind: 'cut' as const }) },
    {
      weight: 4,
      arbitrary: fc.record({ kind: fc.constant('connect' as const), gateway: fc.constantFrom(0 as const, 1 as const) }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('trim' as const), keep: fc.integer({ min: 0, max: 60 }) }) },
    {
      weight: 1,
      arbitrary: fc.record({ kind: fc.constant('delete' as const), back: fc.integer({ min: 0, max: 40 }) }),
    },
  ),
  { minLength: 3, maxLength: 25 },
);

/** The stream as the test wrote it, and a client that keeps what the protocol lets it keep. */
class Story {
  readonly discarded = new Set<number>();
  head = 0;
  private client?: Console;
  private position?: { epoch: number; seq: number };
  private read = 0;

  constructor(
    private readonly fixture: Fixture,
    private readonly gateways: RunningGateway[],
  ) {}

  async begin(): Promise<void> {
    this.head = (await this.fixture.bus.jsm.streams.info('SESSIONS')).state.last_seq;
  }

  async play(step: Step): Promise<void> {
    switch (step.kind) {
      case 'publish':
        return this.publish(step.count);
      case 'cut':
        return this.cut();
      case 'connect':
        return this.connect(this.gateways[step.gateway]!);
      case 'trim':
        return this.trim(step.keep);
      case 'delete':
        return this.delete(this.head - step.back);
    }
  }

  async end(): Promise<void> {
    if (!this.client) await this.connect(this.gateways[0]!);
    await this.publish(1);
    this.cut();
  }

  private async publish(count: number): Promise<void> {
    const { bus } = this.fixture;
    for (let n = 1; n <= count; n += 1) {
      const event = aSessionEvent({ id: `s-${this.head + n}` });
      void bus.js.publish(subjects.session('shop', 'created'), JSON.stringify(event));
    }
    this.head += count;
    await eventually(async () => expect((await bus.jsm.streams.info('SESSIONS')).state.last_seq).toBe(this.head));
    if (this.client) await this.catchUp();
  }

  private cut(): void {
    this.client?.socket.terminate();
    this.client = undefined;
  }

  private async connect(gateway: RunningGateway): Promise<void> {
    this.cut();
    this.client = await this.fixture.open({ at: gateway, batch: true });
    this.read = 0;
    const since = this.position;
    const answer = await this.client.subscribe(TOPIC, since && { since: { [TOPIC]: since } });
    const { recovered, seq } = answer['topics'][0] as { recovered: boolean; seq: number };
    expect(seq).toBe(this.head);
    expect(recovered).toBe(since !== undefined && this.intactAfter(since.seq));
    if (!recovered) {
      const { data } = await this.client.next('snapshot');
      this.position = { epoch: data['epoch'], seq: data['seq'] };
    }
    await this.catchUp();
  }

  private intactAfter(seq: number): boolean {
    return ![...this.discarded].some((lost) => lost > seq && lost <= this.head);
  }

  private async trim(keep: number): Promise<void> {
    const first = this.head - keep + 1;
    if (first <= 1) return; // the broker takes "up to 1" for "everything"
    await this.fixture.bus.jsm.streams.purge('SESSIONS', { seq: first });
    for (let seq = 1; seq < first; seq += 1) this.discarded.add(seq);
  }

  private async delete(seq: number): Promise<void> {
    if (seq < 1 || this.discarded.has(seq)) return;
    await this.fixture.bus.jsm.streams.deleteMessage('SESSIONS', seq);
    this.discarded.add(seq);
  }

  /** Takes every event in order: nothing is missing that was not said, and each is what was stored. */
  private async catchUp(): Promise<void> {
    await eventually(() => {
      for (const { data } of this.newEvents()) {
        expect([data['prev'], data['seq'], data['epoch']]).toEqual([
          this.position!.seq,
          this.position!.seq + 1,
          this.position!.epoch,
        ]);
        expect(data['data'].id).toBe(`s-${data['seq']}`);
        this.position!.seq = data['seq'];
      }
      expect(this.position!.seq).toBe(this.head);
    });
  }

  private newEvents(): Frame[] {
    const events = this.client!.frames.filter(({ event }) => event === 'event').slice(this.read);
    this.read += events.length;
    return events;
  }
}

describeWith('nats')('recovery', () => {
  const fixture = useGateway();
  let gateways: RunningGateway[];
  beforeAll(async () => {
    gateways = [fixture.gateway, await fixture.another()];
  });

  it('gives what the stream holds, or says that it could not, over cuts, gateways and trims', async () => {
    const discarded = new Set<number>();
    await fc.assert(
      fc.asyncProperty(steps, async (plan) => {
        const story = new Story(fixture, gateways);
        discarded.forEach((seq) => story.discarded.add(seq));
        await story.begin();
        for (const step of plan) await story.play(step);
        await story.end();
        story.discarded.forEach((seq) => discarded.add(seq));
      }),
      { seed: 8, numRuns: 60, endOnFailure: true },
    );
  }, 120_000);

  it('recovers who comes back at once, again and again', async () => {
    const story = new Story(fixture, gateways);
    await story.begin();
    // Nobody else asks: what the stream held before is not known here.
    await fixture.bus.jsm.streams.purge('SESSIONS');
    for (let seq = 1; seq <= story.head; seq += 1) story.discarded.add(seq);
    for (let n = 0; n < 40; n += 1) {
      await story.play({ kind: 'connect', gateway: 0 });
      await story.play({ kind: 'publish', count: 1 });
    }
    await story.end();
  });

  it('recovers ten thousand missing items, and not one more', async () => {
    const { bus, gateway } = fixture;
    await bus.jsm.streams.purge('SESSIONS');
    const first = (await bus.jsm.streams.info('SESSIONS')).state.last_seq;
    const epoch = Date.parse((await bus.jsm.streams.info('SESSIONS')).created);
    const publish = async (count: number): Promise<void> => {
      for (let n = 0; n < count; n += 500) {
        await Promise.all(
          Array.from({ length: Math.min(500, count - n) }, () =>
            bus.js.publish(subjects.session('shop', 'created'), JSON.stringify(aSessionEvent())),
          ),
        );
      }
    };
    await publish(10_000);
    const client = await fixture.open({ at: gateway, batch: true });
    expect((await client.subscribe(TOPIC, { since: { [TOPIC]: { epoch, seq: first } } }))['topics'][0]).toMatchObject({
      recovered: true,
    });
    await eventually(() => expect(client.of('event')).toHaveLength(10_000), { timeoutMs: 20_000 });
    client
      .of('event')
      .forEach(({ seq, prev }, index) => expect([prev, seq]).toEqual([first + index, first + index + 1]));
    await publish(1);
    const late = await fixture.open({ at: gateway });
    expect((await late.subscribe(TOPIC, { since: { [TOPIC]: { epoch, seq: first } } }))['topics'][0]).toMatchObject({
      recovered: false,
    });
    await late.next('snapshot');
  }, 60_000);

  it.each([
    ['a foreign epoch', (head: number) => ({ epoch: 12345, seq: head })],
    ['a word for an epoch', (head: number) => ({ epoch: 'abc', seq: head })],
    ['a seq of the future', (head: number, epoch: number) => ({ epoch, seq: head + 1 })],
  ])('answers %s with a snapshot', async (_, sinceOf) => {
    const { created, state } = await fixture.bus.jsm.streams.info('SESSIONS');
    const client = await fixture.open();
    const since = { [TOPIC]: sinceOf(state.last_seq, Date.parse(created)) };
    expect((await client.subscribe(TOPIC, { since }))['topics'][0]).toMatchObject({ recovered: false });
    expect((await client.next('snapshot')).data['seq']).toBe(state.last_seq);
  });

  it('shows a stream that was made anew as a new epoch, to those who look at it already too', async () => {
    const { bus, nats } = fixture;
    const client = await fixture.open();
    const before = (await client.subscribe(TOPIC))['topics'][0];
    await nats.kill();
    await rm(nats.storeDir, { recursive: true });
    await nats.restart();
    await eventually(() => bus.ensureStreams(), { timeoutMs: 10_000 });
    await bus.js.publish(subjects.session('shop', 'created'), JSON.stringify(aSessionEvent({ id: 'reborn' })));
    await eventually(() => expect(client.of('snapshot').at(-1)!['epoch']).not.toBe(before.epoch), {
      timeoutMs: 20_000,
    });
    await eventually(() =>
      expect(JSON.stringify([client.of('snapshot').at(-1), client.of('event')])).toContain('reborn'),
    );
  }, 40_000);
});
