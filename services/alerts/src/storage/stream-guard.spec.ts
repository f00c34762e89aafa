import { KEEP_ENDED_MS, type AlertMessage } from '@deckwatch/contracts';
import { A_MOMENT, anAlertMessage, settle, silentLog, VirtualClock } from '@deckwatch/testing';
import { AlertStore } from './alert-store.ts';
import { StreamGuard } from './stream-guard.ts';

const subjectOf = (key: string): string => `deckwatch.alerts.busy.${key}`;
const alert = (key: string, over: Partial<AlertMessage> = {}): AlertMessage => {
  const message = anAlertMessage(over);
  return { ...message, target: { ...message.target, key } };
};

/** A guard beside a store that writes the alert of `mine`; another instance writes the rest. */
class Guarded {
  readonly clock = new VirtualClock();
  readonly present = new Set<string>();
  readonly written: string[] = [];
  losses = 0;
  expected = 0;
  private seq = 0;
  readonly store = new AlertStore(
    {
      append: async (subject) => {
        this.written.push(subject);
        this.present.add(subject);
        return (this.seq += 1);
      },
      purge: async () => undefined,
    },
    { isMine: (key) => key === 'mine', onFenced: () => undefined, onPurged: () => undefined },
    silentLog,
  );
  private readonly guard = new StreamGuard({
    clock: this.clock,
    log: silentLog,
    store: this.store,
    counts: () => true,
    stream: { subjectCount: async () => this.present.size, subjects: async () => this.present },
    numbers: {
      lost: () => (this.losses += 1),
      again: () => undefined,
      expect: async (subjects) => void (this.expected = subjects),
    },
  });

  holds(...alerts: AlertMessage[]): void {
    for (const message of alerts) {
      this.store.learn(subjectOf(message.target.key), (this.seq += 1), message);
      this.present.add(subjectOf(message.target.key));
    }
  }

  /** What is gone when the guard looks. */
  async look(...gone: string[]): Promise<void> {
    for (const key of gone) this.present.delete(subjectOf(key));
    this.guard.start();
    await this.clock.advance(5000);
    await settle();
    this.guard.stop();
  }
}

describe('the guard of the stream', () => {
  let guarded: Guarded;

  beforeEach(() => {
    guarded = new Guarded();
  });

  it('says how many subjects there are where all is in its place', async () => {
    guarded.holds(alert('mine'), alert('theirs'));
    await guarded.look();
    expect(guarded).toMatchObject({ losses: 0, expected: 2, written: [] });
  });

  it('tells again what is written here and was taken out, and uses no number twice', async () => {
    guarded.holds(alert('mine'), alert('theirs'));
    await guarded.look('mine');
    expect(guarded).toMatchObject({ losses: 1, written: [subjectOf('mine')] });
  });

  it('uses no number twice either where another writes what was taken out: that one may be dead by now', async () => {
    guarded.holds(alert('mine'), alert('theirs'), alert('ended', { state: 'resolved', resolvedAt: A_MOMENT }));
    await guarded.look('theirs', 'ended');
    expect(guarded).toMatchObject({ losses: 1, expected: 0, written: [] });
  });

  it('takes what ended long ago for purged in time by whoever writes it', async () => {
    const resolvedAt = A_MOMENT - KEEP_ENDED_MS;
    guarded.holds(alert('mine'), alert('ended', { state: 'resolved', resolvedAt }));
    await guarded.look('ended');
    expect(guarded).toMatchObject({ losses: 0, written: [] });
  });
});
