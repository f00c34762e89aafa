import { Joints } from './message.ts';

/** What has something to send at the end of this turn. */
export interface Sender {
  flush(joints: Joints): void;
}

/** Lets out, at the end of a turn, what all senders were given in it: one write each, equal joints made once. */
export class Dispatcher {
  private waiting: Sender[] = [];
  private readonly joints = new Joints();

  enlist(sender: Sender): void {
    if (this.waiting.push(sender) === 1) queueMicrotask(() => this.dispatch());
  }

  private dispatch(): void {
    const senders = this.waiting;
    this.waiting = [];
    for (const sender of senders) sender.flush(this.joints);
    this.joints.clear();
  }
}
