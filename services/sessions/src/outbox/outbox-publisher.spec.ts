import { aSessionEvent, recordingLog } from '@deckwatch/testing';
import { StoredLog } from '../../test/stored-log.ts';
import { OutboxPublisher, type Outbox } from './outbox-publisher.ts';
import type { OutboxEntry } from './redis-outbox.ts';
import { comesAfter } from './session-log.ts';

/** An outbox in memory; it raises `idle` when it has been read to its end. */
class ListedOutbox implements Outbox {
  name = 'box-1';
  readonly entries: OutboxEntry[] = [];
  dropFault: Error | null = null;
  onEmpty?: () => void;

  add(...ids: string[]): void {
    for (const id of ids) this.entries.push({ id, event: aSessionEvent({ id: `s${id}` }) });
  }

  id = () => Promise.resolve(this.name);

  async read(after: string, count: number): Promise<OutboxEntry[]> {
    await new Promise(setImmediate); // as a real one, it lets others run
    const found = this.entries.filter(({ id }) => comesAfter(id, after)).slice(0, count);
    if (found.length === 0) this.onEmpty?.();
    return found;
  }

  async drop(ids: readonly string[]): Promise<void> {
    if (this.dropFault) throw this.dropFault;
    for (const id of ids) this.entries.splice(this.entries.findIndex((entry) => entry.id === id), 1); // prettier-ignore
  }
}

describe('the publisher of the outbox', () => {
  let outbox: ListedOutbox;
  let stored: StoredLog;
  let faults: (string | null)[];
  let unreadable: number;
  beforeEach(() => {
    outbox = new ListedOutbox();
    stored = new StoredLog();
    faults = [];
    unreadable = 0;
  });
  const ids = () => stored.entries.map(({ entry }) => entry);
  const log = recordingLog();

  /** Runs a publisher until the outbox is empty, or until it meets its first fault. */
  async function run(untilFault = false): Promise<void> {
    const stop = new AbortController();
    const outer = outbox.onEmpty;
    outbox.onEmpty = () => stop.abort();
    const fault = (reason: string | null): void => {
      faults.push(reason);
      if (untilFault && reason !== null) stop.abort();
    };
    const watch = { stored: () => undefined, unreadable: () => void (unreadable += 1), fault };
    await new OutboxPublisher(outbox, stored, watch, { now: () => 0 }, log).work(stop.signal);
    outbox.onEmpty = outer;
  }

  it('moves entries on in order and drops them', async () => {
    outbox.add('1-0', '1-1', '2-0', '10-0');
    await run();
    expect(ids()).toEqual(['1-0', '1-1', '2-0', '10-0']);
    expect(stored.entries[0]).toMatchObject({ subject: 'deckwatch.sessions.shop.created', outboxId: 'box-1' });
    expect(outbox.entries).toEqual([]);
  });

  it('stores nothing twice when its predecessor died before it could drop', async () => {
    outbox.add('1-0', '2-0', '3-0');
    outbox.dropFault = new Error('killed');
    await run(true);
    outbox.dropFault = null;
    outbox.add('4-0');
    await run();
    expect(ids()).toEqual(['1-0', '2-0', '3-0', '4-0']);
    expect(outbox.entries).toEqual([]);
  });

  it('goes on in the middle of a batch when the connection broke there', async () => {
    outbox.add('1-0', '2-0', '3-0');
    stored.breakAfter = 2;
    await run(true);
    stored.breakAfter = null;
    await run();
    expect(ids()).toEqual(['1-0', '2-0', '3-0']);
    expect(faults).toContain('connection lost');
    expect(faults.at(-1)).toBeNull();
  });

  it('that wakes after another took over stores nothing', async () => {
    outbox.add('1-0', '2-0');
    let woken = false;
    stored.beforeAppend = async () => {
      if (woken) return;
      woken = true;
      // While this one sleeps before its write, another does all the work.
      await run();
    };
    await run();
    expect(ids()).toEqual(['1-0', '2-0']);
  });

  it('goes on behind what others have written', async () => {
    outbox.add('1-0');
    await run();
    stored.entries.push({ subject: 'deckwatch.sessions.x.created', payload: '{}', outboxId: '', entry: '' });
    outbox.add('2-0');
    await run();
    expect(ids()).toEqual(['1-0', '', '2-0']);
  });

  it('does not compare the entries of another outbox', async () => {
    outbox.add('9-0');
    await run();
    outbox.name = 'box-2';
    outbox.add('5-0');
    await run();
    expect(ids()).toEqual(['9-0', '5-0']);
  });

  it('throws away what is no event, and tells', async () => {
    outbox.add('1-0');
    outbox.entries.push({ id: '2-0', event: null });
    outbox.add('3-0');
    await run();
    expect(ids()).toEqual(['1-0', '3-0']);
    expect(unreadable).toBe(1);
    expect(outbox.entries).toEqual([]);
  });

  it('moves any number of entries, a bounded number at a time', async () => {
    outbox.add(...Array.from({ length: 1000 }, (_, at) => `5-${at}`));
    const sizes: number[] = [];
    const append = stored.append.bind(stored);
    stored.append = (entries, after) => (sizes.push(entries.length), append(entries, after));
    await run();
    expect(stored.entries).toHaveLength(1000);
    expect(Math.max(...sizes)).toBe(256);
  });
});

describe('the order of entries', () => {
  it('is that of their numbers, not of their letters', () => {
    expect(comesAfter('10-0', '9-0')).toBe(true);
    expect(comesAfter('9-10', '9-9')).toBe(true);
    expect(comesAfter('9-9', '9-9')).toBe(false);
  });
});
