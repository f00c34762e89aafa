import { createConnection, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** How a link treats what goes through it. */
type Weather = { kind: 'clear' } | { kind: 'cut' } | { kind: 'slow'; ms: number };
const CLEAR: Weather = { kind: 'clear' };

/** Bytes that wait in one direction of a connection; past it the sender is held back. */
const MOST_WAITING = 16 * 1024 * 1024;

/**
 * The network between the parts, as connections through this process. A link that is cut loses nothing and answers
 * nothing, as where cables are pulled: what was sent waits and arrives when it is mended, unless its sender has hung up,
 * and a new connection gets no answer. A slow one delays everything, each way.
 */
export class Links {
  private readonly links: Link[] = [];

  /** The port by which one part reaches another, whose own port this is. */
  async between(from: string, to: string, port: number): Promise<number> {
    const link = new Link(from, to, port);
    this.links.push(link);
    return link.listen();
  }

  cut(part: string): void {
    this.each(part, { kind: 'cut' });
  }

  /** @param ms each way */
  slow(part: string, ms: number): void {
    this.each(part, { kind: 'slow', ms });
  }

  mend(part: string): void {
    this.each(part, CLEAR);
  }

  close(): void {
    for (const link of this.links) link.close();
  }

  private each(part: string, weather: Weather): void {
    for (const link of this.links) if (link.from === part || link.to === part) link.become(weather);
  }
}

class Link {
  private weather: Weather = CLEAR;
  private readonly ways = new Set<Way>();
  private readonly server: Server = createServer({ allowHalfOpen: true }, (near) => this.connect(near));

  constructor(
    readonly from: string,
    readonly to: string,
    private readonly port: number,
  ) {}

  async listen(): Promise<number> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return (this.server.address() as AddressInfo).port;
  }

  become(weather: Weather): void {
    this.weather = weather;
    for (const way of this.ways) way.flow();
  }

  close(): void {
    this.server.close();
    for (const way of this.ways) way.end();
  }

  private connect(near: Socket): void {
    const far = createConnection({ host: '127.0.0.1', port: this.port, allowHalfOpen: true });
    const ways = [new Way(near, far, () => this.weather), new Way(far, near, () => this.weather)];
    for (const way of ways) this.ways.add(way);
    const forget = (): void => ways.forEach((way) => this.ways.delete(way));
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      one.setNoDelay(true);
      one.on('error', () => undefined);
      one.on('close', () => {
        other.destroy();
        forget();
      });
    }
  }
}

/** One direction of a connection. */
class Way {
  private readonly waiting: { due: number; bytes: Buffer | 'end' }[] = [];
  private size = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly source: Socket,
    private readonly sink: Socket,
    private readonly weather: () => Weather,
  ) {
    source.on('data', (bytes: Buffer) => this.take(bytes));
    source.on('end', () => this.take('end'));
  }

  /** Lets out what is due. */
  flow(): void {
    clearTimeout(this.timer);
    if (this.weather().kind === 'cut') return;
    while (this.waiting.length > 0 && this.waiting[0]!.due <= performance.now()) {
      const { bytes } = this.waiting.shift()!;
      if (bytes === 'end') this.sink.end();
      else {
        this.size -= bytes.length;
        this.sink.write(bytes);
      }
    }
    if (this.size < MOST_WAITING) this.source.resume();
    const [next] = this.waiting;
    if (next) this.timer = setTimeout(() => this.flow(), Math.max(1, next.due - performance.now()));
  }

  end(): void {
    clearTimeout(this.timer);
    this.source.destroy();
  }

  private take(bytes: Buffer | 'end'): void {
    const weather = this.weather();
    this.waiting.push({ due: performance.now() + (weather.kind === 'slow' ? weather.ms : 0), bytes });
    this.size += bytes === 'end' ? 0 : bytes.length;
    if (this.size >= MOST_WAITING) this.source.pause();
    if (this.waiting.length === 1 || weather.kind === 'clear') this.flow();
  }
}
