import type { Message } from '../socket/message.ts';

/** Whom a topic feeds: one client's connection, as the topics see it. */
export interface Receiver {
  /** Too much is still unsent: what can wait shall wait. */
  readonly congested: boolean;
  /** Hands over a message; what is handed over in one turn goes out together. */
  push(message: Message): void;
  /** Asks to be called back, by `catchUp` of its subscriptions, once what is unsent has gone. */
  awaitDrain(): void;
  /** Ends the connection: it reads too slowly for a complete log. */
  endAsTooSlow(): void;
}
