import { once } from 'node:events';
import { createWriteStream, readFileSync } from 'node:fs';
import { eventually } from '@deckwatch/testing';
import WebSocket from 'ws';

/** What a process keeps, as its own debugger tells. */
export interface Kept {
  /** Bytes of the heap that are still used after a collection. */
  heap: number;
  /** Bytes outside the heap that buffers hold. */
  buffers: number;
  /** Sockets, timers and requests that keep it awake. */
  active: number;
}

const ANSWER_MS = 20_000;

interface Answer {
  id?: number;
  method?: string;
  params?: { chunk: string };
  result?: unknown;
  error?: { message: string };
}

/**
 * The debugger of a service that was started with `--inspect=127.0.0.1:0`: so its heap is looked at from outside, and
 * the service has no door for it of its own.
 */
export class Inspector {
  private asked = 0;
  private readonly waiting = new Map<number, (answer: Answer) => void>();
  private onChunk: (chunk: string) => void = () => undefined;

  private constructor(private readonly socket: WebSocket) {
    socket.on('message', (text: Buffer) => this.take(JSON.parse(text.toString()) as Answer));
    socket.on('error', () => undefined);
    socket.on('close', () => {
      for (const [id, done] of this.waiting) done({ id, error: { message: 'the process has ended' } });
    });
  }

  /** @param logFile to which Node says where its debugger listens */
  static async of(logFile: string): Promise<Inspector> {
    const told = (): string => {
      const [, url] = /Debugger listening on (ws:\S+)/.exec(readFileSync(logFile, 'utf8')) ?? [];
      if (url === undefined) throw new Error('it says nothing yet');
      return url;
    };
    const url = await eventually(told, { timeoutMs: 20_000, everyMs: 50, describe: `a debugger by ${logFile}` });
    const socket = new WebSocket(url, { perMessageDeflate: false });
    const inspector = new Inspector(socket);
    await once(socket, 'open');
    return inspector;
  }

  /** After a collection. Rejects when the process has ended or does not answer. */
  async kept(): Promise<Kept> {
    await this.ask('HeapProfiler.collectGarbage');
    const { usedSize, backingStorageSize } = await this.ask<{ usedSize: number; backingStorageSize?: number }>('Runtime.getHeapUsage'); // prettier-ignore
    const expression = 'process.getActiveResourcesInfo().length';
    const { result } = await this.ask<{ result: { value: number } }>('Runtime.evaluate', { expression, returnByValue: true }); // prettier-ignore
    return { heap: usedSize, buffers: backingStorageSize ?? 0, active: result.value };
  }

  /** Writes the heap for a browser's developer tools. */
  async writeHeap(file: string): Promise<void> {
    const out = createWriteStream(file);
    this.onChunk = (chunk) => void out.write(chunk);
    await this.ask('HeapProfiler.takeHeapSnapshot', { reportProgress: false }, 120_000);
    this.onChunk = () => undefined;
    await new Promise<void>((done) => out.end(done));
  }

  close(): void {
    this.socket.terminate();
  }

  private ask<T>(method: string, params: object = {}, patienceMs = ANSWER_MS): Promise<T> {
    return new Promise((resolve, reject) => {
      const id = (this.asked += 1);
      const timer = setTimeout(() => this.take({ id, error: { message: `${method} took too long` } }), patienceMs);
      this.waiting.set(id, ({ result, error }) => {
        clearTimeout(timer);
        this.waiting.delete(id);
        if (error) reject(new Error(error.message));
        else resolve(result as T);
      });
      if (this.socket.readyState !== WebSocket.OPEN) this.take({ id, error: { message: 'the process has ended' } });
      else this.socket.send(JSON.stringify({ id, method, params }));
    });
  }

  private take(answer: Answer): void {
    if (answer.id !== undefined) this.waiting.get(answer.id)?.(answer);
    else if (answer.method === 'HeapProfiler.addHeapSnapshotChunk') this.onChunk(answer.params!.chunk);
  }
}
