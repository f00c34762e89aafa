import { faultOf, type Log } from '@deckwatch/bus';
import type { Clock } from '@deckwatch/service-kit';
import { pause } from '../../lease/pause.ts';
import type { RedisRegistry } from '../../registry/redis-registry.ts';
import { NEVER_MS, type SessionChange } from '../../registry/session-change.ts';
import type { HeldSource, Revocation } from '../held/held-source.ts';
import { factsMark } from '../held/facts.ts';
import { publicIds } from '../held/public-id.ts';
import { SourceBook } from '../held/source-state.ts';
import type { ChangeSink } from '../session-source.ts';
import type { HttpSourceSettings } from '../source-settings.ts';
import { BadAnswer, readCount, readPage, type PolledSession } from './json-poll.ts';

export interface HttpSourceParts {
  registry: Pick<RedisRegistry, 'heldBy' | 'setCount'>;
  sink: ChangeSink;
  installationKey: Buffer;
  clock: Clock;
  log: Log;
  fetch: typeof fetch;
}

const MOST_PAGES = 1000;
const MOST_BYTES = 32 * 1024 * 1024;
const LONGEST_BACKOFF = 8;
/** An end that moved by less than this is the same, told as a time to live at another moment. */
const SAME_END_MS = 1500;

/** A session of the last answer. */
interface Listed {
  /** What the source calls it. */
  rest: string;
  /** Of what was told of it last. */
  mark: number;
  lastSeenAt: number | null;
  expiresAt: number | null;
}

/**
 * The sessions that an application lists on an endpoint, which is polled: those that are new in it began, those that are
 * no longer in it are over. An endpoint that only counts sets the app's count alone. Runs in one instance at a time.
 */
export class HttpSource implements HeldSource {
  readonly book: SourceBook;
  private readonly publicId: (id: string) => string;
  /** The sessions of the last answer, by public id: what did not change is not told again. */
  private known = new Map<string, Listed>();
  /** Absent in the last answer, which may have been turned while it changed: gone when absent again. */
  private doubted = new Set<string>();
  private etag: string | null = null;
  private failures = 0;
  /** Sessions that the source is being asked to end. */
  private readonly revoking = new Set<string>();
  /** Sessions that it has ended since the poll began that is under way: its answer may still list them. */
  private readonly revoked = new Set<string>();

  constructor(
    readonly settings: HttpSourceSettings & { name: string },
    private readonly parts: HttpSourceParts,
  ) {
    this.book = new SourceBook(settings, settings.revoke !== undefined);
    this.publicId = publicIds(parts.installationKey);
  }

  get name(): string {
    return this.settings.name;
  }

  get app(): string {
    return this.settings.app;
  }

  async work(signal: AbortSignal): Promise<void> {
    this.etag = null;
    // Another may have followed it meanwhile.
    this.known.clear();
    this.book.turn('loading');
    while (!signal.aborted) {
      try {
        await this.poll(signal);
        this.failures = 0;
        this.book.turn('following');
      } catch (error) {
        if (signal.aborted) break;
        this.failures += 1;
        this.etag = null;
        this.book.turn('away', wordsOf(error));
      }
      const times = Math.min(LONGEST_BACKOFF, 2 ** Math.max(0, this.failures - 1));
      await pause(this.parts.clock, this.settings.everySeconds * 1000 * times, signal);
    }
    this.book.turn('waiting');
  }

  async revoke(id: string): Promise<Revocation> {
    if (this.settings.revoke === undefined) return { revoked: false, why: 'the source has no address to revoke at' };
    const rest = this.known.get(id)?.rest;
    if (rest === undefined) return { revoked: false, why: 'the source does not have it' };
    this.revoking.add(id);
    try {
      const url = this.settings.revoke.replace('{id}', encodeURIComponent(rest));
      const answer = await this.ask(url, { method: 'DELETE' });
      await answer.body?.cancel();
      if (!answer.ok && answer.status !== 404 && answer.status !== 410) {
        return { revoked: false, why: `the source answered ${answer.status}` };
      }
      this.known.delete(id);
      this.revoked.add(id);
      await this.parts.sink.submit(this.end(id, 'revoked'));
      return { revoked: true };
    } catch (error) {
      return { revoked: false, why: wordsOf(error) };
    } finally {
      this.revoking.delete(id);
    }
  }

  private async poll(signal: AbortSignal): Promise<void> {
    const { url, count } = this.settings;
    this.revoked.clear();
    const answer = await this.ask(url, { signal, headers: this.etag ? { 'if-none-match': this.etag } : {} });
    if (answer.status === 304) {
      await answer.body?.cancel();
      return;
    }
    const document = await readJson(answer);
    if (count !== undefined) {
      const active = readCount(document, count);
      await this.parts.registry.setCount(this.app, active, this.parts.clock.now());
      this.book.state = { ...this.book.state, sessions: active, comparedAt: this.parts.clock.now() };
    } else {
      await this.compare(await this.allOf(document, signal));
    }
    // Only when all of it was taken: the next answer without a change is not looked at.
    this.etag = this.settings.next === undefined ? answer.headers.get('etag') : null;
  }

  private async allOf(first: unknown, signal: AbortSignal): Promise<Map<string, PolledSession>> {
    const all = new Map<string, PolledSession>();
    let document = first;
    let url = this.settings.url;
    for (let pages = 1; ; pages += 1) {
      const page = readPage(document, this.settings, url);
      for (const session of page.sessions) all.set(this.publicId(session.rest), session);
      if (page.unreadable > 0) this.book.unreadable('', `${page.unreadable} items have no usable ${this.settings.id}`);
      if (page.next === null) return all;
      if (pages >= MOST_PAGES) throw new BadAnswer(`more than ${MOST_PAGES} pages`);
      url = page.next;
      document = await readJson(await this.ask(url, { signal }));
    }
  }

  private async compare(present: Map<string, PolledSession>): Promise<void> {
    const { registry, sink, clock } = this.parts;
    const now = clock.now();
    const tell = (sessions: Iterable<[string, PolledSession]>): Promise<void> =>
      submitAll(
        sink,
        Array.from(sessions, ([id, session]) => this.state(id, session, now)),
      );
    const listedNow = () => [...present].filter(([id]) => !this.revoked.has(id));
    await tell(listedNow().filter(([id, session]) => !isSame(this.known.get(id), session)));
    const absent = new Set<string>();
    const lost = new Map(present);
    for await (const held of registry.heldBy(this.name, this.app)) {
      for (const { id } of held) if (!lost.delete(id) && !present.has(id)) absent.add(id);
      const gone = held.filter(({ id }) => absent.has(id) && this.isBelieved(id));
      await submitAll(sink, gone.map(({ id, expiresAt }) => this.end(id, this.reasonOf(id, expiresAt <= now)))); // prettier-ignore
    }
    // The registry may have lost its data.
    await tell([...lost].filter(([id]) => !this.revoked.has(id)));
    this.doubted = absent;
    this.known = new Map(listedNow().map(([id, session]) => [id, listed(session, this.known.get(id))]));
    this.book.state = { ...this.book.state, sessions: this.known.size, comparedAt: now };
  }

  /** An answer may tell of the end that was asked for before the source's word on it has come. */
  private reasonOf(id: string, over: boolean): SessionChange['reason'] {
    if (this.revoking.has(id) || this.revoked.has(id)) return 'revoked';
    return over ? 'expired' : 'unknown';
  }

  /** What lies on several pages may slip from one to the other between two requests. */
  private isBelieved(id: string): boolean {
    return this.settings.next === undefined || this.doubted.has(id);
  }

  private state(id: string, { user, attrs, ...times }: PolledSession, at: number): SessionChange {
    const { expiresAt } = times;
    const ttlMs = expiresAt === null ? NEVER_MS : Math.max(1, Math.round(expiresAt - at));
    const reason = this.book.state.comparedAt === null ? 'unknown' : 'login';
    // A clock that is ahead of ours says no more than: now.
    const [madeAt, seenAt] = [times.createdAt, times.lastSeenAt].map((time) => (time === null ? at : Math.min(time, at))); // prettier-ignore
    return { app: this.app, id, op: 'start', user, attrs, ttlMs, t: null, at, madeAt, seenAt, reason, held: this.name };
  }

  private end(id: string, reason: SessionChange['reason']): SessionChange {
    const at = this.parts.clock.now();
    return { app: this.app, id, op: 'end', user: null, attrs: {}, ttlMs: 1, t: null, at, reason, held: this.name };
  }

  private ask(url: string, init: { method?: string; signal?: AbortSignal; headers?: Record<string, string> }) {
    const late = AbortSignal.timeout(this.settings.timeoutSeconds * 1000);
    const signal = init.signal ? AbortSignal.any([init.signal, late]) : late;
    const headers = { accept: 'application/json', ...this.settings.headers, ...init.headers };
    return this.parts.fetch(url, { ...init, headers, signal, redirect: 'error' });
  }
}

/** @param before what was told last: an end that moves a little with each answer is told once it has moved enough */
function listed(session: PolledSession, before: Listed | undefined): Listed {
  const { rest, lastSeenAt, expiresAt } = session;
  return before && isSame(before, session) ? before : { rest, mark: factsMark(session), lastSeenAt, expiresAt };
}

function isSame(before: Listed | undefined, session: PolledSession): boolean {
  if (before?.lastSeenAt !== session.lastSeenAt || before.mark !== factsMark(session)) return false;
  const [one, other] = [before.expiresAt, session.expiresAt];
  return one === other || (one !== null && other !== null && Math.abs(one - other) < SAME_END_MS);
}

const AT_ONCE = 1000;

async function submitAll(sink: ChangeSink, changes: readonly SessionChange[]): Promise<void> {
  for (let at = 0; at < changes.length; at += AT_ONCE) {
    await Promise.all(changes.slice(at, at + AT_ONCE).map((change) => sink.submit(change)));
  }
}

async function readJson(answer: Response): Promise<unknown> {
  if (!answer.ok) {
    await answer.body?.cancel();
    throw new BadAnswer(`answered ${answer.status}`);
  }
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of answer.body ?? []) {
    size += part.length;
    if (size > MOST_BYTES) throw new BadAnswer(`an answer of more than ${MOST_BYTES / 1024 / 1024} MiB`);
    parts.push(part);
  }
  try {
    return JSON.parse(Buffer.concat(parts).toString());
  } catch (error) {
    throw new BadAnswer('not JSON', { cause: error });
  }
}

/** fetch hides the reason in its cause. */
function wordsOf(error: unknown): string {
  const { cause } = error as Error;
  if (error instanceof TypeError && cause instanceof Error) return faultOf(cause);
  return (error as Error).name === 'TimeoutError' ? 'no answer in time' : faultOf(error);
}
