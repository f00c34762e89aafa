import type { Message } from '../socket/message.ts';

/** Whom a topic feeds: one client's connection, as the topics see it. */
export interface Receiver {
  /** Whether the client takes more now. Where much was handed over already it is let out first, to see. */
  hasRoom(): boolean;
  /** Hands over a message; what is handed over in one turn goes out together. */
  push(message: Message): void;
  /** Asks to be called back, by `catchUp` of its subscriptions, once what is unsent has gone. */
  awaitDrain(): void;
  /** Ends the connection: it reads too slowly for a complete log. */
  endAsTooSlow(): void;
}
