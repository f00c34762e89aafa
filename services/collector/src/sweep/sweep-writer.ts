import { STAT_COLS, type StatCol } from '@deckwatch/contracts';
import type { Figures } from '../rates/counters.ts';
import type { ContainerTag } from './container-tag.ts';
import { JsonBytes } from './json-bytes.ts';

/** Publishes JSON on a subject; false where it could not be sent. */
export type PublishBytes = (subject: string, json: Uint8Array) => boolean;

const COMMA = 44;
const CLOSE_ROW = 93; // ]
const CLOSE_MESSAGE = 125; // }
const CLOSE_SWEEP = Buffer.from(']}');
const FIRST_SIZE = 16 * 1024;

const named = (col: StatCol): Buffer => Buffer.from(`,"${col}":`);
const CPU = named('cpu');
const MEM = named('mem');
const MEM_LIMIT = named('memLimit');
const RX = named('rx');
const TX = named('tx');
const RD = named('rd');
const WR = named('wr');
const PIDS = named('pids');

/**
 * Writes one sweep as JSON: the message with all rows, and beside it each container's sample alone. This is done for
 * every container in every sweep, so what stays the same is written once, and no text is made on the way.
 */
export class SweepWriter {
  private readonly head: Buffer;
  private time = Buffer.alloc(0);
  private rows = new JsonBytes(0);
  private samples = new JsonBytes(0);
  private empty = true;
  private rowsSize = FIRST_SIZE;
  private samplesSize = FIRST_SIZE;

  /** @param single where each container's sample alone goes; undefined: nowhere */
  constructor(
    host: string,
    private readonly single: PublishBytes | undefined,
  ) {
    this.head = Buffer.from(`{"v":1,"host":${JSON.stringify(host)},"cols":${JSON.stringify(STAT_COLS)},"t":`);
  }

  /** New buffers each time: those of the last sweep may still be on their way. */
  begin(t: number, intervalMs: number): void {
    this.time = Buffer.from(String(t));
    this.rows = new JsonBytes(this.rowsSize);
    this.rows.raw(this.head);
    this.rows.raw(this.time);
    this.rows.raw(Buffer.from(`,"intervalMs":${intervalMs},"rows":[`));
    this.samples = new JsonBytes(this.single ? this.samplesSize : 0);
    this.empty = true;
  }

  /** @param at when the figures were taken, where that is not the time of the sweep; null: they were told before */
  add(tag: ContainerTag, figures: Figures, at?: number | null): void {
    this.addRow(tag, figures);
    if (!this.single || at === null) return;
    const time = at === undefined ? this.time : Buffer.from(String(at));
    this.publishSample(this.single, tag, figures, time);
  }

  /** The message with all rows. */
  end(): Uint8Array {
    this.rows.raw(CLOSE_SWEEP);
    this.rowsSize = roomFor(this.rows.length);
    this.samplesSize = roomFor(this.samples.length);
    return this.rows.from(0);
  }

  private addRow(tag: ContainerTag, figures: Figures): void {
    const { rows } = this;
    if (!this.empty) rows.byte(COMMA);
    this.empty = false;
    rows.raw(tag.rowHead);
    rows.hundredths(figures.cpu);
    rows.byte(COMMA);
    rows.whole(figures.mem);
    rows.byte(COMMA);
    rows.whole(figures.memLimit);
    rows.byte(COMMA);
    rows.whole(figures.rx);
    rows.byte(COMMA);
    rows.whole(figures.tx);
    rows.byte(COMMA);
    rows.whole(figures.rd);
    rows.byte(COMMA);
    rows.whole(figures.wr);
    rows.byte(COMMA);
    rows.whole(figures.pids);
    rows.byte(CLOSE_ROW);
  }

  private publishSample(publish: PublishBytes, tag: ContainerTag, figures: Figures, time: Buffer): void {
    const { samples } = this;
    const start = samples.length;
    samples.raw(tag.messageHead);
    samples.raw(time);
    samples.raw(CPU);
    samples.hundredths(figures.cpu);
    samples.raw(MEM);
    samples.whole(figures.mem);
    samples.raw(MEM_LIMIT);
    samples.whole(figures.memLimit);
    samples.raw(RX);
    samples.whole(figures.rx);
    samples.raw(TX);
    samples.whole(figures.tx);
    samples.raw(RD);
    samples.whole(figures.rd);
    samples.raw(WR);
    samples.whole(figures.wr);
    samples.raw(PIDS);
    samples.whole(figures.pids);
    samples.byte(CLOSE_MESSAGE);
    publish(tag.subject, samples.from(start));
  }
}

/** A little more than was needed last. */
function roomFor(length: number): number {
  return Math.ceil(length / 4096) * 4096 + 4096;
}
