import { FencedOut } from '@deckwatch/bus';
import { KEEP_ENDED_MS, type AlertMessage } from '@deckwatch/contracts';
import { A_MOMENT, anAlertMessage, settle, silentLog } from '@deckwatch/testing';
import { AlertStore, type AlertLog } from './alert-store.ts';

const SUBJECT = 'deckwatch.alerts.busy.alpha-0123456789ab';

/** A stream in memory that keeps writes waiting until the test lets them go. */
class HeldLog implements AlertLog {
  seq = 0;
  readonly messages: [subject: string, message: AlertMessage][] = [];
  readonly waiting: (() => void)[] = [];
  last = new Map<string, { seq: number; message: AlertMessage }>();
  purged: string[] = [];
  held = false;

  async append(subject: string, message: object, expected: number): Promise<number> {
    if (this.held) await new Promise<void>((go) => this.waiting.push(go));
    const last = this.last.get(subject);
    if ((last?.seq ?? 0) !== expected) throw new FencedOut(subject, last?.seq ?? 0, last?.message);
    this.put(subject, message as AlertMessage);
    return this.seq;
  }

  async purge(subject: string): Promise<void> {
    this.purged.push(subject);
    this.last.delete(subject);
  }

  put(subject: string, message: AlertMessage): void {
    this.seq += 1;
    this.last.set(subject, { seq: this.seq, message });
    this.messages.push([subject, message]);
  }
}

const firing = anAlertMessage();
const resolved = anAlertMessage({ seq: 2, state: 'resolved', resolvedAt: A_MOMENT + 1000, t: A_MOMENT + 1000 });
const again = anAlertMessage({ id: 'busy-alpha-0123456789ab-2', t: A_MOMENT + 2000 });

function storeOn(log: HeldLog) {
  const fenced: AlertMessage[] = [];
  const purged: string[] = [];
  const reworded: AlertMessage[] = [];
  const events = {
    isMine: (targetKey: string) => targetKey !== 'another shard',
    onReworded: (_: string, message: AlertMessage) => reworded.push(message),
    onFenced: (_: string, message: AlertMessage) => fenced.push(message),
    onPurged: (subject: string) => purged.push(subject),
  };
  return { store: new AlertStore(log, events, silentLog), fenced, purged, reworded };
}

describe('the store of transitions', () => {
  it('keeps the order of a subject, one write at a time', async () => {
    const log = new HeldLog();
    log.held = true;
    const { store } = storeOn(log);
    [firing, resolved, again].forEach((message) => store.push(SUBJECT, message));
    await settle();
    expect(log.waiting).toHaveLength(1);
    expect(store.waiting).toBe(3);
    while (log.waiting.length > 0) {
      log.waiting.shift()!();
      await settle();
    }
    expect(log.messages.map(([, message]) => message)).toEqual([firing, resolved, again]);
    expect(store.waiting).toBe(0);
  });

  it('shows an alert only when it is stored, until it is resolved', async () => {
    const log = new HeldLog();
    log.held = true;
    const { store } = storeOn(log);
    store.push(SUBJECT, firing);
    await settle();
    expect(store.active()).toEqual([]);
    log.held = false;
    log.waiting.shift()!();
    await settle();
    expect(store.active()).toEqual([firing]);
    store.push(SUBJECT, resolved);
    await settle();
    expect(store.active()).toEqual([]);
  });

  it('writes many subjects at once, but not all of a storm', async () => {
    const log = new HeldLog();
    log.held = true;
    const { store } = storeOn(log);
    for (let number = 0; number < 1000; number += 1) store.push(`${SUBJECT}${number}`, firing);
    await settle();
    expect(log.waiting).toHaveLength(128);
    log.held = false;
    log.waiting.splice(0).forEach((go) => go());
    await settle();
    expect(log.messages).toHaveLength(1000);
  });

  it('steps back when another writer came first: what was to follow is void', async () => {
    const log = new HeldLog();
    const { store, fenced } = storeOn(log);
    store.learn(SUBJECT, 0, firing);
    log.put(SUBJECT, { ...firing, value: 99 });
    store.push(SUBJECT, firing);
    store.push(SUBJECT, resolved);
    await settle();
    expect(fenced).toEqual([{ ...firing, value: 99 }]);
    expect(log.messages).toHaveLength(1);
    expect(store.waiting).toBe(0);
    store.push(SUBJECT, resolved);
    await settle();
    expect(log.messages.at(-1)?.[1]).toEqual(resolved);
  });

  it('goes on after a mere mark of somebody else, with all that waits', async () => {
    const log = new HeldLog();
    const { store, fenced, reworded } = storeOn(log);
    log.put(SUBJECT, firing);
    store.learn(SUBJECT, 1, firing);
    const ack = { by: 'ada', at: A_MOMENT + 5000, note: 'on it' };
    const mark = { ...firing, seq: 2, change: 'ack' as const, ack, t: A_MOMENT + 5000 };
    log.put(SUBJECT, mark);
    store.push(SUBJECT, { ...firing, seq: 2, change: 'silence', silencedBy: ['s'], t: A_MOMENT + 500 });
    store.push(SUBJECT, { ...resolved, seq: 3, silencedBy: ['s'] });
    store.push(SUBJECT, again);
    await settle();
    const written = log.messages.slice(2).map(([, { id, seq, state, t, ack: by }]) => [id.at(-1), seq, state, t, by]);
    expect(written).toEqual([
      ['1', 3, 'firing', A_MOMENT + 5000, ack],
      ['1', 4, 'resolved', A_MOMENT + 5000, ack],
      ['2', 1, 'firing', A_MOMENT + 2000, null],
    ]);
    expect([fenced, reworded]).toEqual([[], [again]]);
  });

  it('adopts a mark of somebody else behind which there is a transition', async () => {
    const log = new HeldLog();
    const { store, fenced } = storeOn(log);
    const pending = anAlertMessage({ state: 'pending', firedAt: null });
    log.put(SUBJECT, pending);
    store.learn(SUBJECT, 1, pending);
    const mark = { ...firing, seq: 3, change: 'ack' as const };
    log.put(SUBJECT, mark);
    store.push(SUBJECT, { ...firing, seq: 2 });
    await settle();
    expect([fenced, log.messages.length]).toEqual([[mark], 2]);
  });

  it('tells again only what is written here when messages are gone; the rest comes from others', async () => {
    const log = new HeldLog();
    const { store } = storeOn(log);
    const theirs = anAlertMessage({ target: { ...firing.target, key: 'another shard' } });
    store.learn(SUBJECT, 1, firing);
    store.learn(`${SUBJECT}2`, 2, theirs);
    expect(store.tellAgain(store.holdings(), A_MOMENT)).toBe(2);
    await settle();
    expect(log.messages).toEqual([[SUBJECT, firing]]);
    expect(store.active()).toEqual([firing]);
  });

  it('counts as lost what another writer would have kept, and not what it purged in time', () => {
    const { store } = storeOn(new HeldLog());
    const target = { ...firing.target, key: 'another shard' };
    store.learn(SUBJECT, 1, { ...resolved, target });
    store.learn(`${SUBJECT}2`, 2, { ...resolved, target, resolvedAt: A_MOMENT + KEEP_ENDED_MS });
    expect(store.tellAgain(store.holdings(), resolved.resolvedAt! + KEEP_ENDED_MS)).toBe(1);
    expect([...store.holdings()]).toEqual([]);
  });

  it('tells when all is stored of targets that are no longer written here, whatever waits of the others', async () => {
    const log = new HeldLog();
    log.held = true;
    const { store } = storeOn(log);
    store.push(SUBJECT, firing);
    let isStored = false;
    store.push(`${SUBJECT}2`, anAlertMessage({ target: { ...firing.target, key: 'another shard' } }));
    const stored = store.whenLeftStored().then(() => (isStored = true));
    await settle();
    expect(isStored).toBe(false);
    log.waiting[1]!();
    await stored;
    expect([log.messages.length, store.waiting]).toEqual([1, 1]);
    store.close();
  });

  it('writes all the same where the subject was purged meanwhile', async () => {
    const log = new HeldLog();
    const { store, fenced } = storeOn(log);
    store.learn(SUBJECT, 17, resolved);
    store.push(SUBJECT, again);
    await settle();
    expect(fenced).toEqual([]);
    expect(store.active()).toEqual([again]);
  });

  it('knows its own messages from those of others', async () => {
    const log = new HeldLog();
    const { store } = storeOn(log);
    store.push(SUBJECT, firing);
    expect(store.isForeign(SUBJECT, 1)).toBe(false);
    await settle();
    expect(store.isForeign(SUBJECT, 1)).toBe(false);
    expect(store.isForeign(SUBJECT, 2)).toBe(true);
  });

  it('lets subjects go seven days after resolved, and never earlier', async () => {
    const log = new HeldLog();
    const { store, purged } = storeOn(log);
    store.push(SUBJECT, firing);
    store.push(SUBJECT, resolved);
    store.push(`${SUBJECT}9`, firing);
    await settle();
    const end = resolved.resolvedAt! + KEEP_ENDED_MS;
    expect([...store.expired(end - 1)]).toEqual([]);
    expect([...store.expired(end)]).toEqual([SUBJECT]);
    store.purge(SUBJECT);
    store.push(SUBJECT, again);
    await settle();
    expect(purged).toEqual([SUBJECT]);
    expect(log.messages.at(-1)?.[1]).toEqual(again);
    expect([...store.expired(end + 60 * KEEP_ENDED_MS)]).toEqual([]);
  });

  it('does not purge what began again before its turn', async () => {
    const log = new HeldLog();
    const { store, purged } = storeOn(log);
    store.learn(SUBJECT, 0, resolved);
    store.push(SUBJECT, again);
    store.purge(SUBJECT);
    await settle();
    expect(purged).toEqual([]);
    expect(store.active()).toEqual([again]);
  });

  it('says when too many wait', () => {
    const log = new HeldLog();
    log.held = true;
    const { store } = storeOn(log);
    for (let number = 0; number < 10_000; number += 1) store.push(`${SUBJECT}${number}`, firing);
    expect(store.full).toBe(true);
    store.close();
  });
});
