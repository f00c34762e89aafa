import type { Clock, Timer } from '@deckwatch/service-kit';
import { Message } from '../socket/message.ts';
import { Pace } from './pace.ts';
import type { Receiver } from './receiver.ts';
import type { Piece, StateSource } from './state-source.ts';

const NEVER = -1;
/** Changes of so many milliseconds go out together, where a topic is not fed by sweeps. */
const GATHER_MS = 4;

/** One client's place in a channel. */
export class Member {
  /** What the client has seen. */
  version = NEVER;
  /** What it would have seen had it read in time, and how many item updates it was not sent. */
  counted = NEVER;
  missed = 0;

  constructor(readonly receiver: Receiver) {}
}

export interface ChannelOptions {
  topic: string;
  rateMs: number;
  epoch: string;
  source: StateSource;
  clock: Clock;
  /** Goes out on the turn of the change, not gathered with what follows shortly. */
  prompt: boolean;
}

interface Frame {
  message: Message;
  count: number;
}

/**
 * Fans a state topic out to all clients of equal topic, rate and scope. Those that hold the same version share one
 * encoded frame; who reads too slowly misses frames and gets what changed meanwhile in one.
 */
export class Channel {
  private readonly members = new Set<Member>();
  private readonly frames = new Map<number, Frame | null>();
  private readonly pace: Pace;
  private readonly unwatch: () => void;
  private whole?: { version: number; frame: Frame };
  private timer?: Timer;
  private cold = 0;

  constructor(private readonly options: ChannelOptions) {
    this.pace = new Pace(options.rateMs);
    this.unwatch = options.source.watch(() => this.changed());
  }

  get size(): number {
    return this.members.size;
  }

  /** The position that `subscribed` tells. */
  get position(): { epoch: string; seq: number } {
    return { epoch: this.options.epoch, seq: this.options.source.version };
  }

  /** Takes a client in; its snapshot goes out at once, or when the source is warm. */
  join(receiver: Receiver): Member {
    const member = new Member(receiver);
    this.members.add(member);
    if (!this.options.source.warm) this.cold += 1;
    else this.serve(member);
    this.frames.clear();
    return member;
  }

  leave(member: Member): void {
    this.members.delete(member);
  }

  /** The client has read what was unsent: it gets what it missed. */
  catchUp(member: Member): void {
    if (this.members.has(member)) this.serve(member);
    this.frames.clear();
  }

  close(): void {
    this.unwatch();
    this.options.clock.clearTimeout(this.timer);
  }

  private changed(): void {
    if (this.cold > 0 && this.options.source.warm) return this.flush();
    if (this.timer) return;
    const wait = this.pace.wait(this.options.clock.now());
    if (wait === 0 && this.options.prompt) return this.flush();
    this.timer = this.options.clock.setTimeout(() => this.flush(), Math.max(wait, this.options.prompt ? 1 : GATHER_MS));
  }

  private flush(): void {
    const { clock, source } = this.options;
    clock.clearTimeout(this.timer);
    this.timer = undefined;
    if (source.warm) this.cold = 0;
    if (this.whole?.version !== source.version) this.whole = undefined;
    let sent = false;
    for (const member of this.members) sent = this.serve(member) || sent;
    this.frames.clear();
    if (sent) this.pace.spend(clock.now());
  }

  /** Brings one client up to date, unless it does not take more. True: something was pushed. */
  private serve(member: Member): boolean {
    const { source } = this.options;
    const { version } = source;
    if (member.version === version || (member.version === NEVER && !source.warm)) return false;
    if (!member.receiver.hasRoom()) {
      this.withhold(member, version);
      return false;
    }
    const frame = member.version === NEVER ? this.snapshot() : this.update(member.version);
    member.version = version;
    if (frame) member.receiver.push(frame.message);
    if (member.missed > 0) this.tellDropped(member, frame?.count ?? 0);
    member.counted = version;
    return frame !== null;
  }

  private withhold(member: Member, version: number): void {
    if (member.version !== NEVER) {
      member.missed += this.update(member.counted)?.count ?? 0;
      member.counted = version;
    }
    member.receiver.awaitDrain();
  }

  private tellDropped(member: Member, delivered: number): void {
    const count = member.missed - delivered;
    member.missed = 0;
    if (count > 0) member.receiver.push(Message.of('dropped', { topic: this.options.topic, count }));
  }

  private snapshot(): Frame {
    const { source } = this.options;
    if (this.whole?.version !== source.version) {
      this.whole = { version: source.version, frame: this.encode('snapshot', source.snapshot()) };
    }
    return this.whole.frame;
  }

  /** What changed after `version`, a snapshot where that is no longer known, null where it is nothing. */
  private update(version: number): Frame | null {
    let frame = this.frames.get(version);
    if (frame === undefined) {
      const piece = this.options.source.since(version);
      frame = piece === undefined ? this.snapshot() : piece && this.encode('update', piece);
      this.frames.set(version, frame);
    }
    return frame;
  }

  private encode(event: 'snapshot' | 'update', piece: Piece): Frame {
    const { topic, epoch, source } = this.options;
    const head = `{"event":"${event}","data":{"topic":"${topic}","epoch":"${epoch}","seq":${source.version},"data":`;
    return { message: new Message([`${head}${piece.data}}}`]), count: piece.count };
  }
}
