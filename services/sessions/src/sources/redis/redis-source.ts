import { Backoff, faultOf, type Log } from '@deckwatch/bus';
import type { Clock } from '@deckwatch/service-kit';
import { pause } from '../../lease/pause.ts';
import { RedisAway, RedisConnection } from '../../redis/redis-connection.ts';
import type { RedisRegistry } from '../../registry/redis-registry.ts';
import type { HeldSource, Revocation } from '../held/held-source.ts';
import { publicIds } from '../held/public-id.ts';
import { SourceBook } from '../held/source-state.ts';
import type { ChangeSink } from '../session-source.ts';
import type { RedisSourceSettings } from '../source-settings.ts';
import { clusterServers, hostAndPort } from './cluster-masters.ts';
import { DirtyKeys } from './dirty-keys.ts';
import { KeyBook } from './key-book.ts';
import { KeyReader } from './key-reader.ts';
import { MovedAway } from './readings.ts';
import { RedisFollower, Unsure } from './redis-follower.ts';
import { RedisNode, type NodeWatch } from './redis-node.ts';
import { SHAPE_BY_NAME } from './shapes/shapes.ts';
import { Wake } from './wake.ts';

export interface RedisSourceParts {
  registry: Pick<RedisRegistry, 'heldBy' | 'backlog'>;
  sink: ChangeSink;
  installationKey: Buffer;
  clock: Clock;
  log: Log;
  /** How its clients show in the user's list of clients. */
  clientName: string;
}

const LONGEST_WAIT_MS = 1000;
/** Looks begin at least so far apart, so that what comes meanwhile is read and told together; unless there is enough. */
const GATHER_MS = 4;
const ENOUGH = 256;
/** How often a cluster is asked who its masters are: usually, and while one of them is away. */
const TOPOLOGY_EVERY_MS = { usual: 10_000, away: 1000 };
const SILENT: Log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
/** Without notifications all that is left is to compare everything again and again. */
const SILENT_EVERY_MS = 15_000;

/** The sessions that a Redis of the user holds. Runs in one instance at a time, under a lease. */
export class RedisSource implements HeldSource {
  readonly book: SourceBook;
  private follower: RedisFollower | null = null;
  private nodes: RedisNode[] = [];
  private readonly keys: KeyBook;
  private readonly wake: Wake;

  constructor(
    readonly settings: RedisSourceSettings & { name: string },
    private readonly parts: RedisSourceParts,
  ) {
    this.book = new SourceBook(settings, settings.revoke);
    this.keys = new KeyBook(SHAPE_BY_NAME[settings.shape], settings);
    this.wake = new Wake(parts.clock);
  }

  get name(): string {
    return this.settings.name;
  }

  get app(): string {
    return this.settings.app;
  }

  async work(signal: AbortSignal): Promise<void> {
    const backoff = new Backoff({ baseMs: 250, maxMs: 10_000 });
    while (!signal.aborted) {
      try {
        await this.follow(await this.servers(), signal);
        backoff.reset();
      } catch (error) {
        if (error instanceof MovedAway) this.missed();
        this.book.turn('away', faultOf(error));
      }
      await pause(this.parts.clock, backoff.next(), signal);
    }
    this.book.turn('waiting');
  }

  async revoke(id: string): Promise<Revocation> {
    if (!this.settings.revoke) return { revoked: false, why: 'the source does not allow it (revoke: true)' };
    const known = this.follower?.find(id);
    if (!known) return { revoked: false, why: 'the source does not have it' };
    this.follower!.revoking(id);
    try {
      await this.nodes[known.node]!.commands.call('del', this.keys.keyOf(known.rest));
      return { revoked: true };
    } catch (error) {
      return { revoked: false, why: faultOf(error) };
    }
  }

  private async servers(): Promise<string[]> {
    const { url, cluster } = this.settings;
    if (!cluster) return [url];
    let fault: unknown;
    for (const known of new Set([...this.clusterUrls, url])) {
      try {
        return await this.mastersBy(known);
      } catch (error) {
        fault ??= error;
      }
    }
    throw fault;
  }
  /** Who answered last and whom it named: the one of the settings may be the one that is away. */
  private clusterUrls: string[] = [];

  private async mastersBy(url: string): Promise<string[]> {
    // Why it can't be asked is told by the source, unless another can.
    const seed = new RedisConnection(this.address(url), SILENT, { retryStrategy: () => null });
    try {
      await seed.client.connect();
      const { masters, all } = await clusterServers(seed, url);
      this.clusterUrls = [url, ...all];
      return masters;
    } finally {
      await seed.close();
    }
  }

  private address(url: string) {
    return { url, ca: this.settings.ca, name: this.parts.clientName };
  }

  /** Follows these servers until the signal is raised or a cluster has other masters. */
  private async follow(urls: string[], signal: AbortSignal): Promise<void> {
    const { clock, log } = this.parts;
    const ending = new AbortController();
    const both = AbortSignal.any([signal, ending.signal]);
    const dirty = new DirtyKeys();
    const deaf = new Set(urls.keys());
    this.nodes = urls.map(
      (url, at) => new RedisNode(this.address(url), this.keys.pattern, this.ear(at, dirty, deaf), clock, log),
    );
    const shape = SHAPE_BY_NAME[this.settings.shape];
    const { cluster } = this.settings;
    const readers = this.nodes.map(
      ({ commands }, at) => new KeyReader(commands, shape, cluster ? hostAndPort(urls[at]!) : undefined),
    );
    const { user, attrs } = this.settings;
    const places = { user: user === undefined ? shape.user : [user], attrs };
    const publicId = publicIds(this.parts.installationKey);
    const follower = new RedisFollower(
      { ...this.parts, source: this.settings, shape, places, keys: this.keys, publicId, dirty, book: this.book },
      readers,
    );
    this.follower = follower;
    const listening = this.nodes.map((node) => node.follow(both));
    try {
      await this.steps(follower, deaf, urls, both);
    } finally {
      ending.abort();
      this.follower = null;
      await Promise.all(listening);
    }
  }

  private ear(node: number, dirty: DirtyKeys, deaf: Set<number>): NodeWatch {
    return {
      event: (key, event) => {
        const meaning = this.keys.meaning(key);
        if (!meaning || (meaning.marker && !isEnd(event))) return;
        dirty.event(node, meaning.rest, event);
        this.wake.now();
      },
      listening: () => {
        deaf.delete(node);
        this.follower?.compareAll();
        this.book.turn('loading', this.silence);
        this.wake.now();
      },
      deaf: (fault) => {
        if (!deaf.has(node)) this.book.state.gaps += 1;
        deaf.add(node);
        this.book.turn('away', fault);
      },
      silent: (why) => {
        this.silence = why;
      },
    };
  }
  private silence: string | null = null;

  private async steps(follower: RedisFollower, deaf: Set<number>, urls: string[], signal: AbortSignal): Promise<void> {
    const { clock } = this.parts;
    let askedAt = clock.now();
    const isOther = async (everyMs: number): Promise<boolean> => {
      if (!this.settings.cluster || clock.now() - askedAt < everyMs) return false;
      askedAt = clock.now();
      return (await this.servers()).join() !== urls.join();
    };
    while (!signal.aborted) {
      if (deaf.size > 0) {
        if (await isOther(TOPOLOGY_EVERY_MS.away)) return this.missed();
        await this.wake.within(LONGEST_WAIT_MS, signal);
        continue;
      }
      const startedAt = clock.now();
      const waitMs = await this.step(follower);
      this.compareInTime(follower);
      if (await isOther(TOPOLOGY_EVERY_MS.usual)) return this.missed();
      if (waitMs > 0) await this.wake.within(Math.min(waitMs, LONGEST_WAIT_MS), signal);
      else if (follower.waiting < ENOUGH) await this.gather(startedAt, signal);
    }
  }

  /** What happens until the new masters are followed is not told. */
  private missed(): void {
    this.book.state.gaps += 1;
  }

  private async gather(startedAt: number, signal: AbortSignal): Promise<void> {
    const { clock } = this.parts;
    const rest = Math.min(GATHER_MS, startedAt + GATHER_MS - clock.now());
    if (rest > 0) await pause(clock, rest, signal);
  }

  /** Returns for how long there is nothing to do, milliseconds. */
  private async step(follower: RedisFollower): Promise<number> {
    try {
      return await follower.step();
    } catch (error) {
      if (error instanceof Unsure) follower.startAnew();
      else if (error instanceof RedisAway) follower.compareAll();
      else throw error;
      this.book.turn('loading', faultOf(error));
      return LONGEST_WAIT_MS / 2;
    }
  }

  private compareInTime(follower: RedisFollower): void {
    const { comparedAt } = this.book.state;
    const everyMs = this.silence === null ? this.settings.reconcileEverySeconds * 1000 : SILENT_EVERY_MS;
    if (follower.complete && comparedAt !== null && this.parts.clock.now() - comparedAt >= everyMs) {
      follower.compareAll('routine');
    }
  }
}

function isEnd(event: string): boolean {
  return event === 'del' || event === 'expired' || event === 'evicted';
}
