import { framed } from './frame.ts';

let made = 0;

/** One or several events, encoded at most once for each of the two ways in which clients take them. */
export class Message {
  readonly id: number;
  /** Characters in all, a lower bound of the bytes on the wire. */
  readonly length: number;
  private single?: Buffer;
  private batched?: Buffer;

  /** @param texts JSON of one event each, never none */
  constructor(readonly texts: readonly string[]) {
    this.id = made += 1;
    this.length = texts.reduce((sum, text) => sum + text.length, 0);
  }

  static of(event: string, data: object): Message {
    return new Message([JSON.stringify({ event, data })]);
  }

  /** The bytes for a socket: frames of one event each, or with `batch` one frame that holds them as an array. */
  frames(batch: boolean): Buffer {
    if (!batch || this.texts.length === 1) return (this.single ??= framed(this.texts));
    return (this.batched ??= framed([`[${this.texts.join(',')}]`]));
  }
}

/** Messages that go out together, joined once for all sockets that send the same ones in the same order. */
export class Joints {
  private readonly known = new Map<string, Message>();

  join(messages: readonly Message[]): Message {
    if (messages.length === 1) return messages[0]!;
    const key = messages.map((message) => message.id).join();
    let joined = this.known.get(key);
    if (!joined) {
      joined = new Message(messages.flatMap((message) => message.texts));
      this.known.set(key, joined);
    }
    return joined;
  }

  clear(): void {
    if (this.known.size > 0) this.known.clear();
  }
}
