import { faultOf, type Log } from '@deckwatch/bus';
import type { Clock } from '@deckwatch/service-kit';
import { pause } from '../../lease/pause.ts';
import { RedisConnection, type RedisAddress } from '../../redis/redis-connection.ts';
import { OLDER, withNotifications } from './notifications.ts';

/** What a node tells. */
export interface NodeWatch {
  /** A key of the pattern had an event, `set` or `expired`. */
  event(key: string, event: string): void;
  /** From now on every event is told; what was before is not. */
  listening(): void;
  /** Events are missed from now on. */
  deaf(fault: string): void;
  /** Notifications can't be had: all that is left is to look again and again. null: they can. */
  silent(why: string | null): void;
}

const LOOK_EVERY_MS = 250;
const PING_EVERY_MS = 5000;

/** One Redis of the user: a connection for commands, and one on which it tells of its keys' events. Reads only. */
export class RedisNode {
  readonly commands: RedisConnection;
  private readonly ear: RedisConnection;
  private readonly channel: string;
  private subscribed = false;

  constructor(
    address: RedisAddress,
    private readonly pattern: string,
    private readonly watch: NodeWatch,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {
    // Looking whether it is ready takes INFO, which its user need not be allowed.
    const options = { enableReadyCheck: false };
    this.commands = new RedisConnection(address, log, options);
    this.ear = new RedisConnection({ ...address, name: `${address.name}-events` }, log, { ...options, autoResubscribe: false }); // prettier-ignore
    const db = this.commands.client.options.db ?? 0;
    this.channel = `__keyspace@${db}__:`;
    this.ear.client.on('pmessage', (_, channel: string, event: string) =>
      watch.event(channel.slice(this.channel.length), event),
    );
  }

  /** Follows it until the signal is raised. */
  async follow(signal: AbortSignal): Promise<void> {
    const ended = this.ear.watch((fault) => {
      if (fault === null) return;
      this.subscribed = false;
      this.watch.deaf(fault);
    });
    this.commands.open();
    this.ear.open();
    let pingAt = 0;
    while (!signal.aborted) {
      if (!this.subscribed && this.ear.up && this.commands.up) {
        await this.subscribe();
        pingAt = this.clock.now() + PING_EVERY_MS;
      } else if (this.subscribed && this.clock.now() >= pingAt) {
        await this.ping();
        pingAt = this.clock.now() + PING_EVERY_MS;
      }
      await pause(this.clock, LOOK_EVERY_MS, signal);
    }
    ended();
    await Promise.all([this.commands.close(), this.ear.close()]);
  }

  /** Notifications are switched on before they are asked for, and asked for before anything is read. */
  private async subscribe(): Promise<void> {
    try {
      await this.switchOn();
      this.subscribed = true;
      await this.ear.within(this.ear.client.psubscribe(this.channel + this.pattern));
      // A connection that broke in between has been told as deaf.
      if (this.subscribed) this.watch.listening();
    } catch (error) {
      this.subscribed = false;
      this.watch.deaf(faultOf(error));
    }
  }

  /** A half-open connection would be deaf for ever: without an answer it is ended, and comes back. */
  private async ping(): Promise<void> {
    await this.ear.within(this.ear.client.ping()).catch(() => this.ear.client.disconnect(true));
  }

  private async switchOn(): Promise<void> {
    try {
      const [, flags = ''] = (await this.commands.call('config', 'get', 'notify-keyspace-events')) as string[];
      const wanted = withNotifications(flags);
      if (wanted !== undefined) await this.setFlags(flags, wanted);
      this.watch.silent(null);
    } catch (error) {
      if ((error as Error).name !== 'ReplyError') throw error;
      const why = 'CONFIG is not allowed: set notify-keyspace-events to KEAn on the server';
      this.log.warn('session source may not switch on notifications', { fault: faultOf(error) });
      this.watch.silent(why);
    }
  }

  private async setFlags(flags: string, wanted: string): Promise<void> {
    const set = (value: string) => this.commands.call('config', 'set', 'notify-keyspace-events', value);
    try {
      await set(wanted);
    } catch (error) {
      const older = withNotifications(flags, OLDER);
      if (!/Invalid|argument/i.test((error as Error).message)) throw error;
      if (older !== undefined) await set(older);
    }
  }
}
