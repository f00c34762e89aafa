import { computed, DestroyRef, effect, inject, Injectable, signal, untracked } from '@angular/core';
import type { Container } from '@deckwatch/contracts';
import { Pause } from '../../core/pause.ts';
import { search } from '../../core/search.ts';
import { ContainerStore } from '../../core/stores/container-store.ts';
import { SessionStore } from '../../core/stores/session-store.ts';
import { StatsStore } from '../../core/stores/stats-store.ts';
import { groupContainers, rankGroups, type Group, type Grouping } from './container-groups.ts';
import { countByState, matcher, NO_FILTER, type Filter } from './container-list.ts';
import { isFigure, isLively, sortContainers, type SortKey } from './container-order.ts';
import { readAddress, VIEW_NAMES, writeAddress, type ViewChoice } from './view-address.ts';

/** Sorted by what moves by itself, rows may change places so often at most. */
const RESORT_MS = 5000;
/** A new order settles sooner: figures of many hosts do not come all at once. */
const SETTLE_MS = 6000;
const TICK_MS = 1000;
const MOST_LABELS = 200;

/** One line of the table. */
export type Entry =
  { kind: 'row'; key: string; container: Container } | { kind: 'group'; key: string; group: Group; open: boolean };

/** Why rows keep their places: somebody points at them, is in them by keyboard, or has one open. */
export type Reason = 'pointer' | 'focus' | 'opened';

/** What the page shows of the containers: which, and in which order; its address says the same. One a page. */
@Injectable()
export class ContainerView {
  private readonly store = inject(ContainerStore);
  private readonly stats = inject(StatsStore);
  private readonly sessions = inject(SessionStore);
  private readonly choice = search<ViewChoice>({ names: VIEW_NAMES, read: readAddress, write: writeAddress });
  private readonly pause = inject(Pause);
  private readonly turn = signal(0);
  private readonly reasons = signal<ReadonlySet<Reason>>(new Set());
  private turnedAt = 0;
  private chosenAt = 0;
  private isComplete = false;

  readonly chosen = this.choice.terms;
  /** The same as query parameters. */
  readonly params = computed(() => writeAddress(this.chosen()));
  readonly filter = computed(() => this.chosen().filter);
  readonly sort = computed(() => this.chosen().sort, { equal: same });
  readonly group = computed(() => this.chosen().group);
  private readonly closed = computed(() => new Set(this.chosen().closed));

  /** Whether figures of all containers are needed, not of those on screen alone. */
  readonly needsAll = computed(() => isFigure(this.sort().key) || this.group() !== '');
  /** Whether the order would move if nobody were reading. */
  readonly held = computed(() => isLively(this.sort().key) && this.reasons().size > 0);
  readonly total = computed(() => this.store.partOf() ?? this.store.containers().length);
  readonly isFiltered = computed(() => Object.values(this.filter()).some((value) => value !== ''));
  /** How many there are of each state, the chosen one among them even where there is none. */
  readonly states = computed(() => {
    const { state } = this.filter();
    const counts = countByState(this.store.containers().filter(matcher({ ...this.filter(), state: '' })));
    return state === '' || counts.some((one) => one.state === state) ? counts : [...counts, { state, count: 0 }];
  });
  readonly projects = computed(() => namesOf(this.store.containers().map(({ project }) => project)));
  readonly labels = computed(() => labelsOf(this.store.containers()));

  /** All containers in the order of the table. One that moves by itself holds from turn to turn. */
  private readonly ordered = computed((): Container[] => {
    const all = this.store.containers();
    const sort = this.sort();
    if (!isLively(sort.key)) return sortContainers(all, sort, () => null);
    const places = this.places();
    const known: Container[] = [];
    const fresh: Container[] = [];
    for (const container of all) {
      const place = places.get(container.key);
      if (place === undefined) fresh.push(container);
      else known[place] = container;
    }
    return [...known.filter(Boolean), ...sortContainers(fresh, { key: 'name', descending: false }, () => null)];
  });
  private readonly places = computed((): ReadonlyMap<string, number> => {
    this.turn();
    const sort = this.sort();
    return untracked(() => {
      this.turnedAt = Date.now();
      const ofRunning = this.store.containers().filter(({ state }) => state === 'running');
      this.isComplete = !isFigure(sort.key) || ofRunning.every(({ key }) => this.stats.figure(key, 'cpu') !== null);
      const sorted = sortContainers(
        this.store.containers(),
        sort,
        (key, col) => this.stats.figure(key, col),
        (container) => this.sessions.peopleOn(container),
      );
      return new Map(sorted.map(({ key }, place) => [key, place]));
    });
  });
  readonly rows = computed(() => this.ordered().filter(matcher(this.filter())));
  private readonly groups = computed((): Group[] => {
    const by = this.group();
    return by === '' ? [] : groupContainers(this.rows(), by);
  });
  /** The order of groups by their sums, which holds from turn to turn; null: by name. */
  private readonly groupPlaces = computed(() => {
    this.turn();
    this.group();
    const sort = this.sort();
    if (!isFigure(sort.key)) return null;
    const ranked = untracked(() => rankGroups(this.groups(), sort, (key, col) => this.stats.figure(key, col)));
    return new Map(ranked.map((name, place) => [name, place]));
  });
  /** The lines of the table. */
  readonly entries = computed((): Entry[] => {
    if (this.group() === '') return this.rows().map(rowEntry);
    const places = this.groupPlaces();
    const closed = this.closed();
    const placeOf = ({ name }: Group) => places?.get(name) ?? Infinity;
    const groups = places ? [...this.groups()].sort((a, b) => placeOf(a) - placeOf(b) || 0) : this.groups();
    return groups.flatMap((group): Entry[] => {
      const open = !closed.has(group.name);
      return [{ kind: 'group', key: `group ${group.name}`, group, open }, ...(open ? group.members.map(rowEntry) : [])];
    });
  });

  constructor() {
    const timer = setInterval(() => this.turnSometimes(), TICK_MS);
    inject(DestroyRef).onDestroy(() => clearInterval(timer));
    // What was sorted while only some were known is sorted again when all are.
    effect(() => {
      this.sort();
      this.chosenAt = Date.now();
    });
    effect(() => {
      if (this.store.partOf() === null && (this.stats.hasAll() || !isFigure(this.sort().key))) this.resort();
    });
  }

  /** The first click on a column sorts text upwards and figures downwards, the next one turns it round. */
  sortBy(key: SortKey): void {
    const { sort } = this.chosen();
    const downFirst = isLively(key) && key !== 'state';
    this.choice.narrow({ sort: { key, descending: sort.key === key ? !sort.descending : downFirst } });
  }

  resort(): void {
    this.turn.update((count) => count + 1);
  }

  search(search: string): void {
    this.choice.type({ filter: { ...this.filter(), search } });
  }

  narrow(change: Partial<Filter>): void {
    this.choice.narrow({ filter: { ...this.filter(), ...change } });
  }

  clearFilter(): void {
    this.choice.narrow({ filter: NO_FILTER });
  }

  groupBy(group: Grouping | ''): void {
    this.choice.narrow({ group, closed: [] });
  }

  toggle(name: string, open: boolean): void {
    const closed = this.chosen().closed.filter((other) => other !== name);
    this.choice.narrow({ closed: open ? closed : [...closed, name] });
  }

  /** Rows keep their places for as long as there is a reason. */
  hold(reason: Reason, held: boolean): void {
    this.reasons.update((before) => {
      if (before.has(reason) === held) return before;
      const reasons = new Set(before);
      if (held) reasons.add(reason);
      else reasons.delete(reason);
      return reasons;
    });
  }

  private turnSometimes(): void {
    if (!isLively(this.sort().key) || this.held() || this.pause.paused()) return;
    const now = Date.now();
    const isSettling = !this.isComplete && now - this.chosenAt < SETTLE_MS;
    if (isSettling || now - this.turnedAt >= RESORT_MS) this.resort();
  }
}

function rowEntry(container: Container): Entry {
  return { kind: 'row', key: container.key, container };
}

function same<T>(a: T, b: T): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function namesOf(names: (string | null)[]): string[] {
  return [...new Set(names)].filter((name) => name !== null && name !== '').sort() as string[];
}

/** Labels to choose from, as `key` and, where there are several values, as `key=value`. */
function labelsOf(containers: readonly Container[]): string[] {
  const values = new Map<string, Set<string>>();
  for (const { labels } of containers) {
    for (const [key, value] of Object.entries(labels)) {
      const known = values.get(key);
      if (!known) values.set(key, new Set([value]));
      else if (known.size < 20) known.add(value);
    }
  }
  return [...values]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([key, known]) => [key, ...[...known].slice(0, 12).map((value) => `${key}=${value}`)])
    .slice(0, MOST_LABELS);
}
