import type { Bus, StreamTail } from '@deckwatch/bus';
import { filters, parseSubject, SESSIONS_RPC, STREAMS } from '@deckwatch/contracts';
import type { Clock, Timer } from '@deckwatch/service-kit';
import { firstSeqSince } from '../storage/stream-log.ts';
import { SESSIONS_EVERY_MS, type ThresholdEvaluator } from './threshold-evaluator.ts';

const WINDOW_MS = 60_000;

/**
 * How many sessions the apps have: asked for once a second, while a rule wants to know. The count is taken of the
 * registry as a whole, so what events that come later say of the time before it cannot undo it. How many sessions began
 * and ended is counted from the log, while a rule wants to know that.
 */
export class SessionFeed {
  private timer?: Timer;
  private tail?: StreamTail;
  /** Counts the starts and stops: what was asked for before one of them is void. */
  private run = 0;

  constructor(
    private readonly bus: Bus,
    private readonly evaluator: ThresholdEvaluator,
    private readonly clock: Clock,
    private readonly mayTake: () => boolean,
  ) {}

  start(): void {
    void this.turn((this.run += 1));
  }

  stop(): void {
    this.run += 1;
    this.clock.clearTimeout(this.timer);
    this.unfollow();
  }

  /** The broker came or went: until the log has caught up, events may be missing. */
  doubtEvents(): void {
    this.evaluator.apps.setEventsKnown(false);
  }

  private async turn(run: number): Promise<void> {
    const begun = this.clock.now();
    const { sessions, events } = this.evaluator.wantsSessions();
    if (!sessions) this.evaluator.apps.clear();
    // Away: there is no sample, and that is what is said of it.
    if (events) await this.follow(run).catch(() => undefined);
    else this.unfollow();
    if (sessions) await this.ask(run).catch(() => undefined);
    if (this.run !== run) return;
    const rest = Math.max(0, SESSIONS_EVERY_MS - (this.clock.now() - begun));
    this.timer = this.clock.setTimeout(() => void this.turn(run), rest);
  }

  private async ask(run: number): Promise<void> {
    const count = await this.bus.call('sessions', SESSIONS_RPC, 'count', {});
    if (this.run === run && this.mayTake()) this.evaluator.sessions(count);
  }

  private async follow(run: number): Promise<void> {
    if (this.tail) return;
    const { apps } = this.evaluator;
    const { state } = await this.bus.jsm.streams.info(STREAMS.SESSIONS.name);
    const since = await firstSeqSince(this.bus, STREAMS.SESSIONS.name, this.clock.now() - WINDOW_MS);
    if (this.run !== run || this.tail) return;
    this.tail = this.bus.tail(STREAMS.SESSIONS.name, {
      from: since ?? state.last_seq + 1,
      filter: filters.allSessions,
      onReset: () => apps.forgetEvents(),
      onMessage: ({ subject, t }) => {
        const [app, event] = parseSubject(subject, 'sessions', 2) ?? [];
        if (app !== undefined && (event === 'created' || event === 'destroyed')) apps.event(app, event, t);
      },
      onCaughtUp: () => apps.setEventsKnown(true),
    });
    this.tail.start();
  }

  private unfollow(): void {
    this.tail?.stop();
    this.tail = undefined;
    this.doubtEvents();
  }
}
