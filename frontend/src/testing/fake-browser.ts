import { Subject } from 'rxjs';
import type { Browser, Socket } from '../app/core/browser.ts';

/** A socket whose other end is the test. */
export class FakeSocket implements Socket {
  onopen: ((event: Event) => void) | null = null;
  onmessage: ((event: MessageEvent) => void) | null = null;
  onclose: ((event: CloseEvent) => void) | null = null;
  readonly sent: { event: string; data: Record<string, unknown> }[] = [];
  closed = false;

  send(text: string): void {
    this.sent.push(JSON.parse(text) as FakeSocket['sent'][number]);
  }
  close(): void {
    this.closed = true;
  }

  open(): void {
    this.onopen?.({} as Event);
  }
  say(...frames: { event: string; data: object }[]): void {
    this.sayText(JSON.stringify(frames.length === 1 ? frames[0] : frames));
  }
  sayText(text: string): void {
    this.onmessage?.({ data: text } as MessageEvent);
  }
  end(code: number, reason = ''): void {
    this.onclose?.({ code, reason } as CloseEvent);
  }
  welcome(over: object = {}): void {
    this.open();
    const user = { name: 'admin', role: 'admin' };
    const data = { protocol: 1, connection: 'c1', user, heartbeatMs: 15_000, t: Date.now(), flags: {}, ...over };
    this.say({ event: 'welcome', data });
  }
  sentOf(event: string): Record<string, unknown>[] {
    return this.sent.filter((frame) => frame.event === event).map((frame) => frame.data);
  }
}

/** A browser under the test's hand. Frames are drawn when the test says so. */
export class FakeBrowser implements Browser {
  readonly sockets: FakeSocket[] = [];
  readonly requests: { path: string; method: string; body?: unknown }[] = [];
  readonly back$ = new Subject<'online' | 'visible' | 'awake'>();
  readonly hidden$ = new Subject<void>();
  readonly offline$ = new Subject<void>();
  readonly paints: (() => void)[] = [];
  online = true;
  visible = true;
  chance = 1;
  /** Answers by path, without the query; a path that is missing fails as a network does. */
  answers: Record<string, unknown> = {};

  openSocket(): FakeSocket {
    const socket = new FakeSocket();
    this.sockets.push(socket);
    return socket;
  }
  fetch(path: string, init?: RequestInit): Promise<Response> {
    const body = typeof init?.body === 'string' ? { body: JSON.parse(init.body) as unknown } : {};
    this.requests.push({ path, method: init?.method ?? 'GET', ...body });
    const [bare = ''] = path.split('?');
    if (!(bare in this.answers)) return Promise.reject(new TypeError('no network'));
    const answer = this.answers[bare];
    if (answer instanceof FakeFault) return Promise.resolve(answer.response());
    return Promise.resolve({ ok: true, status: 200, json: () => Promise.resolve(answer) } as Response);
  }
  random(): number {
    return this.chance;
  }
  isOnline(): boolean {
    return this.online;
  }
  isVisible(): boolean {
    return this.visible;
  }
  nextFrame(paint: () => void): void {
    this.paints.push(paint);
  }

  paint(): void {
    while (this.paints.length > 0) for (const paint of this.paints.splice(0)) paint();
  }
  get socket(): FakeSocket {
    const latest = this.sockets.at(-1);
    if (!latest) throw new Error('no socket was opened');
    return latest;
  }
}

/** An answer with problem details. */
export class FakeFault {
  constructor(
    readonly status: number,
    readonly detail: string,
  ) {}
  response(): Response {
    const { status, detail } = this;
    return { ok: false, status, json: () => Promise.resolve({ status, detail }) } as Response;
  }
}
