import type { Bus, BusMessage, BusSubscription } from '@deckwatch/bus';
import { filters, parseSubject, type IngestReply } from '@deckwatch/contracts';
import type { Clock } from '@deckwatch/service-kit';
import { readIngest } from './ingest-reader.ts';
import { NotTaken, type ChangeSink, type SessionSource } from './session-source.ts';

/** A message was refused. */
export type RefusalWatch = (why: 'invalid' | 'not-taken') => void;

/**
 * What applications tell of their own sessions, and the gateways of their consoles (app `deckwatch`). The instances
 * share the messages by queue group, so two messages on one id that follow each other within a millisecond may be
 * applied in the other order when they carry no `t`; with `t` they can't.
 */
export class IngestSource implements SessionSource {
  readonly name = 'ingest';
  private subscription?: BusSubscription;

  constructor(
    private readonly bus: Bus,
    private readonly sink: ChangeSink,
    private readonly clock: Pick<Clock, 'now'>,
    private readonly refused: RefusalWatch,
  ) {}

  start(): void {
    this.subscription = this.bus.subscribe(filters.ingestSessions, (message) => this.take(message), {
      queue: 'sessions',
    });
  }

  async stop(): Promise<void> {
    this.subscription?.unsubscribe();
  }

  /** A message that wants an answer gets one; the fault of one that does not is counted and logged by the bus. */
  private take(message: BusMessage): void {
    const [, app] = parseSubject(message.subject, 'ingest', 2) ?? [];
    try {
      const change = readIngest(app ?? '', this.parsed(message), this.clock.now());
      if (message.reply) void this.answer(message, this.sink.submit(change));
      else this.sink.push(change);
    } catch (error) {
      if (!(error instanceof NotTaken)) throw error;
      this.refused('invalid');
      if (!message.reply) throw error;
      this.respond(message, { ok: false, error: error.message });
    }
  }

  private parsed(message: BusMessage): unknown {
    try {
      return message.json();
    } catch (error) {
      throw new NotTaken('not JSON', false, { cause: error });
    }
  }

  private async answer(message: BusMessage, taken: Promise<unknown>): Promise<void> {
    try {
      await taken;
      this.respond(message, { ok: true });
    } catch (error) {
      this.refused('not-taken');
      this.respond(message, { ok: false, error: error instanceof NotTaken ? error.message : 'something went wrong' });
    }
  }

  private respond(message: BusMessage, reply: IngestReply): void {
    if (!this.bus.connection.isClosed()) message.respond(reply);
  }
}
