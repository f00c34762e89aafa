import { signal } from '@angular/core';
import type { Epoch, ErrorCode, Position, ServerFrames } from '@deckwatch/contracts/wire';
import { Subject } from 'rxjs';
import { LogCursor } from './log-cursor.ts';

export type TopicStatus =
  | { kind: 'idle' }
  /** Asked for, or about to be as soon as there is a connection. */
  | { kind: 'waiting' }
  | { kind: 'live' }
  | { kind: 'rejected'; code: ErrorCode; message: string };

/** What a viewer of a topic gets. A snapshot replaces all before it; an event is one item of a log. */
export interface TopicMessage {
  kind: 'snapshot' | 'update' | 'event';
  data: Record<string, unknown>;
}

const MENDS_BEFORE_FRESH = 3;

/** One watched topic: its viewers, where it stands, and whether an answer from the gateway is due. */
export class TopicEntry {
  readonly status = signal<TopicStatus>({ kind: 'waiting' });
  readonly messages = new Subject<TopicMessage>();
  readonly cursor = new LogCursor();
  viewers = 0;
  private stateEpoch: Epoch | null = null;
  private awaiting = false;
  private mends = 0;

  /** Where to resume; null asks for a snapshot, as for every state topic and after mending in vain. */
  get since(): Position | null {
    return this.mends > MENDS_BEFORE_FRESH ? null : this.cursor.position;
  }

  asked(): void {
    this.awaiting = true;
    if (this.status().kind !== 'live') this.status.set({ kind: 'waiting' });
  }

  /** The connection is gone. What was reached is remembered. */
  lost(): void {
    if (this.status().kind !== 'idle') this.status.set({ kind: 'waiting' });
  }

  rejected(code: ErrorCode, message: string): void {
    this.awaiting = false;
    this.status.set({ kind: 'rejected', code, message });
  }

  subscribed(answer: { recovered: boolean }): void {
    if (!answer.recovered) return;
    this.awaiting = false;
    this.setLive();
  }

  snapshot(frame: ServerFrames['snapshot']): void {
    this.awaiting = false;
    this.mends = 0;
    this.stateEpoch = frame.epoch;
    this.cursor.settle(frame);
    this.setLive();
    this.messages.next({ kind: 'snapshot', data: frame.data as Record<string, unknown> });
  }

  /** False when the topic has to be asked for again: the update belongs to a state that this reader doesn't hold. */
  update(frame: ServerFrames['update']): boolean {
    if (frame.epoch !== this.stateEpoch) return this.awaiting;
    this.messages.next({ kind: 'update', data: frame.data as Record<string, unknown> });
    return true;
  }

  /** False when the topic has to be asked for again: an item is missing. */
  event(frame: ServerFrames['event']): boolean {
    const verdict = this.cursor.take(frame);
    if (verdict === 'hole') {
      if (this.awaiting) return true;
      this.mends += 1;
      return false;
    }
    if (verdict === 'next') this.messages.next({ kind: 'event', data: frame.data as Record<string, unknown> });
    return true;
  }

  private setLive(): void {
    if (this.status().kind !== 'live') this.status.set({ kind: 'live' });
  }
}
