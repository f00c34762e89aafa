import type { IncomingMessage } from 'node:http';
import { Backoff, faultOf } from '@deckwatch/bus';
import type { Log } from '@deckwatch/service-kit';
import { JsonLines } from '../engine/json-lines.ts';
import { KubeFault, type KubeHttp } from './kube-http.ts';
import { PodList, WatchLine } from './pod.ts';

export interface PodFeedOptions {
  http: Pick<KubeHttp, 'json' | 'stream'>;
  node: string;
  log: Log;
  onList(items: unknown[]): void;
  onPut(item: unknown): void;
  onRemove(item: unknown): void;
  backoff?: Backoff;
  /** How long the server is asked to keep a watch open, in seconds. */
  watchSeconds?: number;
}

const GONE = 410;
const CHUNK = 200;
const MOST_CHUNKS = 50;
/** Lists that expire while they are read. */
const LIST_TRIES = 3;
const LIST_TIMEOUT_MS = 30_000;
const WATCH_SECONDS = 300;
const WATCH_GRACE_MS = 30_000;
/** Watches that break one after another: then whoever uses this is told. */
const BROKEN_TRIES = 3;
/** The API server refuses objects beyond 3 MiB or so. */
const LONGEST_LINE = 8 * 1024 * 1024;

/** How a watch ended: in order, or so that everything has to be listed anew. */
type WatchEnd = 'over' | 'gone';

/**
 * Follows the pods of a node: lists them in chunks, then watches from there. A watch that ends is taken up where it
 * was; one whose place the server has forgotten (410) begins with a new list.
 */
export class PodFeed {
  private readonly stopping = new AbortController();
  private readonly backoff: Backoff;
  private version = '';
  /** Watches that broke one after another without a word. */
  private broken = 0;
  /** Resolves when the API server can't be followed any more, or after `close`. */
  ended: Promise<void> = Promise.resolve();

  constructor(private readonly options: PodFeedOptions) {
    this.backoff = options.backoff ?? new Backoff({ baseMs: 500, maxMs: 10_000 });
  }

  /** Resolves when the first list is handed over; rejects with what kept it from being so. */
  async start(): Promise<void> {
    await this.list();
    this.ended = this.follow();
  }

  close(): void {
    this.stopping.abort();
  }

  private async list(): Promise<void> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await this.listOnce();
      } catch (error) {
        // The chunks of a list stay the same for some minutes only.
        if (!(error instanceof KubeFault && error.status === GONE) || tries >= LIST_TRIES) throw error;
      }
    }
  }

  private async listOnce(): Promise<void> {
    const { http, node, onList } = this.options;
    const items: unknown[] = [];
    let more = '';
    for (let chunk = 0; chunk < MOST_CHUNKS; chunk += 1) {
      const query = new URLSearchParams({ fieldSelector: `spec.nodeName=${node}`, limit: String(CHUNK) });
      if (more) query.set('continue', more);
      const answer = PodList.safeParse(await http.json(`/api/v1/pods?${query}`, LIST_TIMEOUT_MS));
      if (!answer.success) throw new KubeFault('the answer to /api/v1/pods is no list of pods');
      items.push(...(answer.data.items ?? []));
      this.version = answer.data.metadata.resourceVersion;
      more = answer.data.metadata.continue;
      if (!more) return onList(items);
    }
    throw new KubeFault(`more than ${MOST_CHUNKS * CHUNK} pods on a node`);
  }

  private async follow(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      try {
        if ((await this.watch()) === 'gone') await this.list();
        this.broken = 0;
        this.backoff.reset();
      } catch (error) {
        if (this.stopping.signal.aborted) return;
        this.broken += 1;
        this.options.log.debug('watch of the pods broke', { fault: faultOf(error), broken: this.broken });
        if (error instanceof KubeFault && error.status === GONE) this.version = '';
        else if (this.broken >= BROKEN_TRIES) return;
      }
      if (!(await this.backoff.pause(this.stopping.signal))) return;
      if (this.version === '' && !(await this.relisted())) return;
    }
  }

  private async relisted(): Promise<boolean> {
    try {
      await this.list();
      return true;
    } catch (error) {
      this.options.log.debug('pods not listed', { fault: faultOf(error) });
      return false;
    }
  }

  /** Throws where the watch is refused or breaks before the server ends it. */
  private async watch(): Promise<WatchEnd> {
    const { http, node, watchSeconds = WATCH_SECONDS } = this.options;
    const query = new URLSearchParams({
      fieldSelector: `spec.nodeName=${node}`,
      watch: '1',
      allowWatchBookmarks: 'true',
      resourceVersion: this.version,
      timeoutSeconds: String(watchSeconds),
    });
    // A server that neither sends nor ends is no longer there.
    const limit = AbortSignal.timeout(watchSeconds * 1000 + WATCH_GRACE_MS);
    const done = new AbortController();
    const signal = AbortSignal.any([this.stopping.signal, limit, done.signal]);
    const stream = await http.stream(`/api/v1/pods?${query}`, signal);
    try {
      return await this.read(stream);
    } finally {
      done.abort();
    }
  }

  private async read(stream: IncomingMessage): Promise<WatchEnd> {
    let end: WatchEnd | undefined;
    let fault: string | undefined;
    const lines = new JsonLines(
      (value) => (end ??= this.take(value)),
      (reason) => (fault = reason),
      LONGEST_LINE,
    );
    for await (const chunk of stream) {
      lines.push(chunk as Buffer);
      // What can't be read may be a change: only a new list tells.
      if (fault !== undefined) {
        this.options.log.warn('the API server sent something else', { fault });
        return 'gone';
      }
      if (end) return end;
    }
    return 'over';
  }

  private take(value: unknown): WatchEnd | undefined {
    const line = WatchLine.safeParse(value);
    if (!line.success) return 'gone';
    const { type, object } = line.data;
    if (type === 'ERROR') {
      if (object.code === GONE) return 'gone';
      throw new KubeFault(`the watch says ${object.code ?? 'a fault'}: ${object.message.slice(0, 300)}`, object.code);
    }
    this.version = object.metadata?.resourceVersion || this.version;
    this.broken = 0;
    this.backoff.reset();
    if (type === 'DELETED') this.options.onRemove((value as { object: unknown }).object);
    else if (type !== 'BOOKMARK') this.options.onPut((value as { object: unknown }).object);
    return undefined;
  }
}
