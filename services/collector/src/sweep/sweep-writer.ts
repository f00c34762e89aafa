import { STAT_COLS } from '@deckwatch/contracts';
import type { Figures } from '../rates/counters.ts';
import type { ContainerTag } from './container-tag.ts';

/** Publishes a text on a subject; false where it could not be sent. */
export type PublishText = (subject: string, text: string) => boolean;

/**
 * Writes one sweep as JSON: the message with all rows, and beside it each container's sample alone. The texts are put
 * together by hand from what is written once, because this is done for every container in every sweep.
 */
export class SweepWriter {
  private readonly head: string;
  private tail = '';
  private rows = '';
  private time = '';

  /** @param single where each container's sample alone goes; undefined: nowhere */
  constructor(
    host: string,
    private readonly single: PublishText | undefined,
  ) {
    this.head = `{"v":1,"host":${JSON.stringify(host)},"cols":${JSON.stringify(STAT_COLS)},"t":`;
  }

  begin(t: number, intervalMs: number): void {
    this.time = String(t);
    this.tail = `]}`;
    this.rows = `,"intervalMs":${intervalMs},"rows":[`;
    this.empty = true;
  }

  private empty = true;

  readonly add = (tag: ContainerTag, figures: Figures): void => {
    const cpu = percent(figures.cpu);
    const mem = whole(figures.mem);
    const memLimit = whole(figures.memLimit);
    const rx = whole(figures.rx);
    const tx = whole(figures.tx);
    const rd = whole(figures.rd);
    const wr = whole(figures.wr);
    const pids = whole(figures.pids);
    const comma = this.empty ? '' : ',';
    this.empty = false;
    this.rows += `${comma}${tag.rowHead}${cpu},${mem},${memLimit},${rx},${tx},${rd},${wr},${pids}]`;
    if (!this.single) return;
    const columns = `,"cpu":${cpu},"mem":${mem},"memLimit":${memLimit},"rx":${rx},"tx":${tx},"rd":${rd},"wr":${wr},"pids":${pids}}`;
    this.single(tag.subject, tag.messageHead + this.time + columns);
  };

  /** The message with all rows. */
  end(): string {
    return this.head + this.time + this.rows + this.tail;
  }
}

/** Two decimals. */
function percent(value: number): string {
  const rounded = Math.round(value * 100) / 100;
  return Number.isFinite(rounded) ? String(rounded) : 'null';
}

function whole(value: number): string {
  return Number.isFinite(value) ? String(Math.round(value)) : 'null';
}
