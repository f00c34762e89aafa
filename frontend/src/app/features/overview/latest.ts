import { Component, computed, inject, signal } from '@angular/core';
import { takeUntilDestroyed, toObservable } from '@angular/core/rxjs-interop';
import { RouterLink } from '@angular/router';
import type { AlertMessage } from '@deckwatch/contracts';
import { isAlertNews } from '@deckwatch/contracts/wire';
import { catchError, EMPTY, filter, switchMap } from 'rxjs';
import { Connection } from '../../core/connection.ts';
import { isRecord } from '../../core/frames.ts';
import { Now } from '../../core/now.ts';
import { Rest } from '../../core/rest.ts';
import { AlertStore, isAlert } from '../../core/stores/alert-store.ts';
import { ContainerStore } from '../../core/stores/container-store.ts';
import { HostStore } from '../../core/stores/host-store.ts';
import { severityTone } from '../../core/troubles/alert-look.ts';
import { Icon, type IconName } from '../../ui/icon.ts';
import type { Tone } from '../../ui/tone.ts';
import { agoOf } from '../events/ago.ts';
import { eventKey, lastOf, mannerOf, peopleWords, type Happening, type People } from '../events/event-words.ts';
import { happenings } from '../events/happenings.ts';

const MOST = 40;

interface Change {
  key: string;
  t: number;
  icon: IconName;
  tone: Tone;
  name: string;
  words: string;
  people: People | null;
  link: string[];
  demo: boolean;
}

/** What has changed lately: events of containers and alerts, newest first. */
@Component({
  selector: 'app-latest',
  imports: [Icon, RouterLink],
  host: { class: 'panel' },
  templateUrl: './latest.html',
  styleUrl: './latest.css',
})
export class Latest {
  private readonly rest = inject(Rest);
  private readonly now = inject(Now);
  private readonly hosts = inject(HostStore);
  private readonly store = inject(AlertStore);
  private readonly past = signal<readonly AlertMessage[]>([]);
  private readonly containers = inject(ContainerStore);
  private readonly happened = happenings(signal(`limit=${MOST}`), this.containers.feed.version);
  protected readonly state = this.happened.state;

  protected readonly rows = computed(() => {
    const demo = new Set(this.hosts.hosts().flatMap((host) => (host.demo ? [host.key] : [])));
    const alerts = new Map(
      [...this.past(), ...this.store.recent()].map((alert) => [`${alert.id}:${alert.seq}`, alert]),
    );
    // The last event of each container stands in the inventory itself, before the log is read again or at all.
    const events = [...this.containers.containers().map(lastOf), ...this.happened.items()];
    const byKey = new Map(events.filter(({ event }) => event !== 'seen').map((event) => [eventKey(event), event]));
    const changes = [
      ...[...alerts].filter(([, alert]) => isAlertNews(alert)).map(([key, alert]) => ofAlert(key, alert, demo)),
      ...[...byKey.values()].map(ofEvent),
    ];
    return changes.sort((a, b) => b.t - a.t).slice(0, MOST);
  });
  protected readonly hit = (row: Change): string => peopleWords(row, this.now.server());
  protected readonly ago = (t: number): string => agoOf(this.now.server() - t);

  constructor() {
    // Asked again after each reconnection: it knows what was missed.
    toObservable(inject(Connection).live)
      .pipe(
        filter(Boolean),
        switchMap(() => this.rest.get(`/alerts/history?limit=${2 * MOST}`).pipe(catchError(() => EMPTY))),
        takeUntilDestroyed(),
      )
      .subscribe((answer) => {
        const items = isRecord(answer) && Array.isArray(answer['items']) ? (answer['items'] as unknown[]) : [];
        this.past.set(items.filter(isAlert));
      });
  }
}

function ofAlert(key: string, alert: AlertMessage, demo: ReadonlySet<string>): Change {
  const over = alert.state === 'resolved';
  return {
    key,
    t: alert.t,
    icon: over ? 'check' : 'bell',
    tone: over ? 'good' : alert.state === 'nodata' ? 'warn' : severityTone(alert.severity),
    name: alert.target.name,
    words: `${alert.rule.name}: ${over ? 'over' : alert.state === 'nodata' ? 'no data' : alert.state}`,
    people: null,
    link: ['/alerts'],
    demo: demo.has(alert.target.host ?? ''),
  };
}

function ofEvent(happening: Happening): Change {
  const { icon, tone, words } = mannerOf(happening);
  const { t, host, id, name, demo, people } = happening;
  return { key: eventKey(happening), t, icon, tone, name, words, people, link: ['/containers', host, id], demo };
}
