import type { Message } from '../src/socket/message.ts';
import type { Frame } from './console.ts';
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
  get frames(): Frame[] {
    return this.messages.flatMap((message) => message.texts.map((text) => JSON.parse(text) as Frame));
  }

  events(): string[] {
    return this.frames.map((frame) => frame.event);
  }
}
