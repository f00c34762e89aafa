import WebSocket from 'ws';

interface Frame {
  event: string;
  data: { topic?: string; topics?: { epoch: number; seq: number; recovered: boolean }[]; epoch: number; seq: number };
}

const AGAIN_MS = 100;

/** A client of the WebSocket that comes back each time it is cut off, and asks for what it missed. */
export class StormConsole {
  /** Sequences of the items of `alerts`, as they came. */
  readonly seqs: number[] = [];
  connects = 0;
  /** Times it was given a snapshot instead of what it had missed. */
  notRecovered = 0;
  /** Where it stands: what came first was a snapshot up to here. */
  since?: { epoch: number; seq: number };
  private socket?: WebSocket;
  private closed = false;

  constructor(
    private readonly url: string,
    private readonly token: string,
  ) {}

  connect(): void {
    if (this.closed) return;
    const socket = new WebSocket(`${this.url.replace('http', 'ws')}/ws`, { perMessageDeflate: false });
    this.socket = socket;
    socket.on('open', () => {
      this.connects += 1;
      socket.send(JSON.stringify({ event: 'hello', data: { protocol: 1, token: this.token, batch: true } }));
      const data = { id: 1, topics: ['alerts'], ...(this.since && { since: { alerts: this.since } }) };
      socket.send(JSON.stringify({ event: 'subscribe', data }));
    });
    socket.on('message', (text: Buffer) => {
      for (const frame of [JSON.parse(text.toString()) as Frame | Frame[]].flat()) this.take(frame);
    });
    socket.on('error', () => undefined);
    socket.on('close', () => setTimeout(() => this.connect(), AGAIN_MS));
  }

  close(): void {
    this.closed = true;
    this.socket?.terminate();
  }

  private take({ event, data }: Frame): void {
    const { epoch, seq } = data;
    if (event === 'subscribed' && this.since && data.topics?.some(({ recovered }) => !recovered))
      this.notRecovered += 1;
    if (data.topic !== 'alerts' || (event !== 'snapshot' && event !== 'event')) return;
    if (event === 'event') this.seqs.push(seq);
    this.since = { epoch, seq };
  }
}
