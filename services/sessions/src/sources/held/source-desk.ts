import { RpcFault, type Bus } from '@deckwatch/bus';
import {
  SESSION_SOURCE_RPC,
  SessionSource,
  type AppPlace,
  type SessionRef,
  type SessionRevocation,
} from '@deckwatch/contracts';
import type { Clock } from '@deckwatch/service-kit';
import { pause } from '../../lease/pause.ts';
import type { RedisConnection } from '../../redis/redis-connection.ts';
import { keys } from '../../registry/registry-keys.ts';
import type { RedisRegistry } from '../../registry/redis-registry.ts';
import type { ChangeSink } from '../session-source.ts';
import type { SourceSettings } from '../source-settings.ts';
import type { HeldSource } from './held-source.ts';
import { SourceBook, type SourceState } from './source-state.ts';

export interface SourceDeskParts {
  bus: Bus;
  redis: RedisConnection;
  registry: RedisRegistry;
  sink: ChangeSink;
  clock: Clock;
}

const SAY_EVERY_MS = 1000;
/** A source of which nothing was said for so long is followed by nobody. */
const SILENT_MS = 10_000;
const REVOKE_MS = 4000;

/**
 * What people ask of sources: how they stand, and to end sessions at them. Each source is followed by one of the
 * instances; that one writes down how it stands, so that any may answer, and takes the requests to revoke.
 */
export class SourceDesk {
  constructor(
    private readonly parts: SourceDeskParts,
    private readonly settings: readonly SourceSettings[],
  ) {}

  /** Follows a source, says how it stands, and revokes at it, until the signal is raised. */
  async follow(source: HeldSource, signal: AbortSignal): Promise<void> {
    const served = this.parts.bus.serve(`sessions.${source.name}`, SESSION_SOURCE_RPC, {
      revoke: async ({ id }) => {
        const revocation = await source.revoke(id);
        return revocation.revoked ? { revoked: true, why: null } : revocation;
      },
    });
    const before = await this.said(source.name).catch(() => undefined); // away: said by its part
    if (before) source.book.resume(before);
    const saying = this.say(source, signal);
    try {
      await source.work(signal);
    } finally {
      served.unsubscribe();
      await saying;
    }
  }

  async sources(): Promise<SessionSource[]> {
    const said = (await this.parts.redis.call('hgetall', keys.sources)) as Record<string, string>;
    return this.settings.map((source) => {
      const settled = { runsOn: source.runsOn ?? null, countsOnly: countsOnly(source) };
      const waiting = { ...new SourceBook(source, false).state, ...settled };
      if (source.kind === 'ingest') return { ...waiting, state: 'following', revokes: true };
      const { at, state } = readSaid(said[source.name]);
      return state && this.parts.clock.now() - at < SILENT_MS ? { ...state, ...settled } : waiting;
    });
  }

  /** Which containers serve which app. */
  places(): AppPlace[] {
    return this.settings.flatMap(({ app, runsOn }) => (runsOn ? [{ app, ...runsOn }] : []));
  }

  /** Apps with a source that is not followed just now, so that their count may be old. */
  async unsure(): Promise<string[]> {
    const away = (await this.sources()).filter(({ state }) => state !== 'following');
    return [...new Set(away.map(({ app }) => app))];
  }

  /** Whether an app's sessions are told one by one. */
  tells(app: string): boolean {
    const sources = this.settings.filter((source) => source.app === app);
    return sources.length === 0 || !sources.every(countsOnly);
  }

  /**
   * Ends sessions at their sources. One that speaks for itself is ended here, and its application told by the event
   * `destroyed` of reason `revoked`; one that a source holds is over when the source says so.
   */
  revoke(refs: readonly SessionRef[]): Promise<SessionRevocation[]> {
    return Promise.all(refs.map((ref) => this.revokeOne(ref)));
  }

  private async revokeOne({ app, id }: SessionRef): Promise<SessionRevocation> {
    const no = (why: string): SessionRevocation => ({ app, id, revoked: false, atSource: false, why });
    const holder = await this.parts.registry.holderOf(app, id);
    if (holder === undefined) return no('no such session');
    if (holder !== null) return this.revokeAt(holder, { app, id }, no);
    const at = this.parts.clock.now();
    const end = { op: 'end', user: null, attrs: {}, ttlMs: 1, t: null, at, reason: 'revoked' } as const;
    const outcome = await this.parts.sink.submit({ app, id, ...end });
    if (outcome !== 'destroyed') return no('it had ended already');
    return { app, id, revoked: true, atSource: true, why: null };
  }

  private async revokeAt(holder: string, ref: SessionRef, no: (why: string) => SessionRevocation) {
    try {
      const request = { id: ref.id };
      const { revoked, why } = await this.parts.bus.call(`sessions.${holder}`, SESSION_SOURCE_RPC, 'revoke', request, REVOKE_MS); // prettier-ignore
      return { ...ref, revoked, atSource: revoked, why };
    } catch (error) {
      if (error instanceof RpcFault) return no(`nobody follows the source ${holder} now`);
      throw error;
    }
  }

  /** How it stood when somebody followed it last. */
  private async said(name: string): Promise<SourceState | undefined> {
    const text = (await this.parts.redis.call('hget', keys.sources, name)) as string | null;
    return readSaid(text ?? undefined).state;
  }

  private async say(source: HeldSource, signal: AbortSignal): Promise<void> {
    const { redis, clock } = this.parts;
    while (!signal.aborted) {
      const said = JSON.stringify({ at: clock.now(), state: source.book.state });
      await redis.call('hset', keys.sources, source.name, said).catch(() => undefined); // away: said by its part
      await pause(clock, SAY_EVERY_MS, signal);
    }
  }
}

function countsOnly(source: SourceSettings): boolean {
  return source.kind === 'http' && source.count !== undefined;
}

function readSaid(text: string | undefined): { at: number; state: SourceState | undefined } {
  if (text === undefined) return { at: 0, state: undefined };
  const { at, state } = JSON.parse(text) as { at: number; state: unknown };
  return { at, state: SessionSource.omit({ runsOn: true, countsOnly: true }).safeParse(state).data };
}
