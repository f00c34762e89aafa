import { DestroyRef, inject, Service } from '@angular/core';
import type { SessionEvent } from '@deckwatch/contracts';
import { bufferTime, filter } from 'rxjs';
import { Connection } from '../core/connection.ts';
import { SessionStore } from '../core/stores/session-store.ts';
import { ToastQueue } from '../ui/toast-queue.ts';

const TTL_MS = 5000;
const BURST_MS = 250;
/** What is replayed after a longer break is no news. */
const NEWS_MS = 15_000;
/** The app under which consoles like this one are counted: who looks on is no news to who looks on. */
const OWN_APP = 'deckwatch';

/** Tells of sessions that begin and end. Those of one app in a short time are one toast. */
@Service()
export class SessionNotices {
  private readonly connection = inject(Connection);
  private readonly queue = inject(ToastQueue);
  private readonly store = inject(SessionStore);
  private readonly destroyed = inject(DestroyRef);
  private readonly counted = new Map<string, number>();

  follow(): void {
    const following = this.store.arrivals$
      .pipe(
        filter((event) => event.event !== 'updated' && this.isNews(event) && event.app !== OWN_APP),
        bufferTime(BURST_MS),
        filter((burst) => burst.length > 0),
      )
      .subscribe((burst) => this.tell(burst));
    this.destroyed.onDestroy(() => following.unsubscribe());
  }

  private tell(burst: SessionEvent[]): void {
    const byKey = Map.groupBy(burst, (event) => `session:${event.app}:${event.event}`);
    for (const [key, events] of byKey) {
      const count = (this.queue.isVisible(key) ? (this.counted.get(key) ?? 0) : 0) + events.length;
      this.counted.set(key, count);
      const last = events.at(-1);
      if (last) this.show(key, last, count);
    }
  }

  private show(key: string, last: SessionEvent, count: number): void {
    const began = last.event === 'created';
    const verb = began ? 'began' : endingOf(last);
    const change = `${began ? '+' : '−'}${count}`;
    this.queue.show({
      key,
      tone: began ? 'good' : 'bad',
      icon: began ? 'user-plus' : 'user-minus',
      title: count > 1 ? `${change} sessions in ${last.app}` : `Session ${verb} in ${last.app}`,
      body: count > 1 ? `now ${last.active} active` : `${who(last)}${change}, now ${last.active} active`,
      ttlMs: TTL_MS,
    });
  }

  private isNews(event: SessionEvent): boolean {
    return Date.now() + this.connection.skewMs() - event.t < NEWS_MS;
  }
}

function endingOf(event: SessionEvent): string {
  return event.reason === 'expired' || event.reason === 'revoked' ? event.reason : 'ended';
}

function who(event: SessionEvent): string {
  return event.user ? `${event.user} · ` : '';
}
