import { FencedOut, LogFull } from '@deckwatch/bus';
import type { ContainerEvent } from '@deckwatch/contracts';
import { aContainerEvent, recordingLog, settle } from '@deckwatch/testing';
import { InventoryLog } from './inventory-log.ts';
import type { Retention } from './retention.ts';

/** A stream in memory, whose broker can be away. */
class FakeStream {
  readonly stored: { subject: string; message: ContainerEvent; expected?: number | undefined }[] = [];
  away: Promise<void> | undefined;
  fault: Error | undefined;
  readonly forgotten: string[] = [];

  append = async (subject: string, message: object, expected?: number): Promise<number> => {
    await this.away;
    const { fault } = this;
    this.fault = undefined;
    if (fault) throw fault;
    return this.stored.push({ subject, message: message as ContainerEvent, expected });
  };
  forget = (subject: string): void => void this.forgotten.push(subject);
  last = (): never => {
    throw new Error('not asked for here');
  };

  get events(): string[] {
    return this.stored.map(({ message }) => `${message.name} ${message.event}`);
  }
}

function setUp(maxBacklog = 100) {
  const stream = new FakeStream();
  const fenced: ContainerEvent[] = [];
  const log = recordingLog();
  const retained: string[] = [];
  const retention = { add: (id: string) => retained.push(id) } as unknown as Retention;
  const outlet = new InventoryLog({
    host: 'box',
    stream,
    retention,
    log,
    onFenced: (message) => fenced.push(message),
    maxBacklog,
  });
  return { stream, outlet, fenced, log, retained };
}

const message = (name: string, event: ContainerEvent['event'], id = name.padEnd(12, '0')): ContainerEvent =>
  aContainerEvent({ name, event, id });
const A = 'a00000000000';

describe('the log of the inventory', () => {
  it('writes the messages of a container in their order, on its subject', async () => {
    const { stream, outlet } = setUp();
    for (const event of ['created', 'started', 'died'] as const) outlet.publish(message('a', event));
    await settle();
    expect(stream.events).toEqual(['a created', 'a started', 'a died']);
    expect(stream.stored[0]!.subject).toBe(`deckwatch.containers.box.${A}`);
  });

  it('keeps what waits for the broker', async () => {
    const { stream, outlet } = setUp();
    let back: () => void = () => undefined;
    stream.away = new Promise((resolve) => (back = resolve));
    for (const event of ['created', 'started'] as const) outlet.publish(message('a', event));
    await settle();
    expect(outlet.waits(A)).toBe(true);
    back();
    await settle();
    expect(stream.events).toEqual(['a created', 'a started']);
    expect(outlet.waits(A)).toBe(false);
  });

  it('keeps a bounded number, and says afterwards how those stand whose messages were lost', async () => {
    const { stream, outlet, log } = setUp(2);
    let back: () => void = () => undefined;
    stream.away = new Promise((resolve) => (back = resolve));
    outlet.publish(message('a', 'created'));
    outlet.publish(message('b', 'created'));
    for (let index = 0; index < 1000; index += 1) outlet.publish(message('c', index % 2 ? 'restarted' : 'died'));
    outlet.publish(message('d', 'removed'));
    back();
    await settle();
    expect(stream.events.slice(2).sort()).toEqual(['c seen', 'd removed']);
    expect(log.messages('warn')).toHaveLength(1);
  });

  it('does not write over another writer, drops what waited, and tells what stands there', async () => {
    const { stream, outlet, fenced } = setUp();
    const stored = message('a', 'died');
    stream.fault = new FencedOut('s', 7, stored);
    for (const event of ['started', 'healthy'] as const) outlet.publish(message('a', event));
    await settle();
    expect(stream.events).toEqual([]);
    expect(fenced).toEqual([stored]);
  });

  it('writes as the first where the stream was made anew', async () => {
    const { stream, outlet, fenced } = setUp();
    stream.fault = new FencedOut('s', 0, undefined);
    outlet.publish(message('a', 'healthy'));
    await settle();
    expect(stream.stored).toEqual([expect.objectContaining({ expected: 0 })]);
    expect(fenced).toEqual([]);
  });

  it('makes up for what the stream would not take', async () => {
    const { stream, outlet } = setUp();
    stream.fault = new LogFull(10_000);
    outlet.publish(message('a', 'started'));
    await settle();
    await settle();
    expect(stream.events).toEqual(['a seen']);
  });

  it('does not say a lost message again after a newer one', async () => {
    const { stream, outlet } = setUp(2);
    const back: (() => void)[] = [];
    for (const name of ['a', 'b']) {
      stream.away = new Promise((resolve) => back.push(resolve));
      outlet.publish(message(name, 'created'));
    }
    outlet.publish(message('c', 'started')); // lost: two wait
    back[0]!();
    await settle();
    stream.away = undefined;
    outlet.publish(message('c', 'died'));
    await settle();
    back[1]!();
    await settle();
    expect(stream.events).toEqual(['a created', 'c died', 'b created']);
  });

  it('does not make up for what the stream would not take when a newer message follows', async () => {
    const { stream, outlet } = setUp();
    stream.fault = new LogFull(10_000);
    outlet.publish(message('a', 'started'));
    outlet.publish(message('a', 'died'));
    await settle();
    await settle();
    expect(stream.events).toEqual(['a died']);
  });

  it('goes on after a message that is refused for good', async () => {
    const { stream, outlet, log } = setUp();
    stream.fault = new Error('too large');
    outlet.publish(message('a', 'started'));
    outlet.publish(message('a', 'died'));
    await settle();
    expect(stream.events).toEqual(['a died']);
    expect(log.messages('error')).toEqual(['inventory message refused']);
  });

  it('frees what it remembers of a removed container', async () => {
    const { stream, outlet, retained } = setUp();
    outlet.publish(message('a', 'removed'));
    outlet.removed(A, 5);
    await settle();
    expect(stream.forgotten).toEqual([`deckwatch.containers.box.${A}`]);
    expect(retained).toEqual([A]);
  });
});
