import type { Message } from '../src/socket/message.ts';
import type { Receiver } from '../src/topics/receiver.ts';

/** A client as the topics see it: keeps what it was pushed, and is congested when told so. */
export class FakeReceiver implements Receiver {
  readonly messages: Message[] = [];
  congested = false;
  awaiting = false;
  tooSlow = false;

  hasRoom(): boolean {
    return !this.congested;
  }

  push(message: Message): void {
    this.messages.push(message);
  }

  awaitDrain(): void {
    this.awaiting = true;
  }

  endAsTooSlow(): void {
    this.tooSlow = true;
  }

  /** All events so far, parsed. */
  get frames(): { event: string; data: any }[] {
    // eslint-disable-line @typescript-eslint/no-explicit-any -- whatever was pushed
    return this.messages.flatMap((message) => message.texts.map((text) => JSON.parse(text))); // prettier-ignore
  }

  events(): string[] {
    return this.frames.map((frame) => frame.event);
  }
}
