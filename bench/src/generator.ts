import { fork, type ChildProcess } from 'node:child_process';
import type { Open } from './clients.ts';
import type { DialectName } from './peers/dialects.ts';

export interface Counted {
  frames: number;
  items: number;
  bytes: number;
  latencies: number[];
}

/** The bench's end of the load generator. */
export class Generator {
  private constructor(
    private readonly child: ChildProcess,
    private readonly token: string | undefined,
  ) {}

  /** @param token what its clients show to be let in; undefined: nothing */
  static start(token: string | undefined): Generator {
    return new Generator(fork('bench/dist/clients.js', { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] }), token);
  }

  /** Resolves when all clients are subscribed. */
  open(url: string, count: number, topics: string[], dialect: DialectName = 'deckwatch'): Promise<void> {
    const opened = this.answer<{ opened: number }>();
    const open: Open = { url, dialect, token: this.token, count, topics };
    this.child.send({ open });
    return opened.then(() => undefined);
  }

  /** What arrived since the last mark. */
  mark(): Promise<Counted> {
    const counted = this.answer<Counted>();
    this.child.send({ mark: true });
    return counted;
  }

  stop(): void {
    this.child.kill('SIGKILL');
  }

  private answer<T>(): Promise<T> {
    return new Promise((resolve, reject) => {
      this.child.once('message', (message) => resolve(message as T));
      this.child.once('exit', () => reject(new Error('the load generator ended')));
    });
  }
}
