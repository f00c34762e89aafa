import type { EngineEvent } from '../engine/engine.ts';
import { happenings, vanished } from './happenings.ts';
import type { Identities } from './identities.ts';
import { Pod } from './pod.ts';
import { containersOf, type PodContainer } from './pod-containers.ts';

/** A node holds 110 pods as a rule, some hundreds at most. */
const MOST_PODS = 5000;

/** The pods of one node as they were last seen, and what happens to their containers from one look to the next. */
export class PodStore {
  private readonly pods = new Map<string, Pod>();
  private readonly places = new Map<string, PodContainer>();
  private readonly byId = new Map<string, PodContainer>();

  constructor(
    private readonly identities: Identities,
    private readonly now: () => number,
    private readonly onEvent: (event: EngineEvent) => void,
  ) {}

  get containers(): IterableIterator<PodContainer> {
    return this.byId.values();
  }

  /** By its short id. */
  container(id: string): PodContainer | undefined {
    return this.byId.get(id);
  }

  /** All pods that there are: those that are missing have gone. What is no pod is left out. */
  replace(items: unknown[]): void {
    const pods = items.flatMap((item) => readPod(item) ?? []).slice(0, MOST_PODS);
    const present = new Set(pods.map(({ metadata }) => metadata.uid));
    for (const [uid, pod] of this.pods) if (!present.has(uid)) this.drop(pod);
    for (const pod of pods) this.update(pod);
    this.identities.keepOnly(new Set(this.places.keys()));
  }

  /** A pod was added or has changed. */
  put(item: unknown): void {
    const pod = readPod(item);
    if (pod && (this.pods.has(pod.metadata.uid) || this.pods.size < MOST_PODS)) this.update(pod);
  }

  /** A pod was deleted; `item` is how it stood at last. */
  remove(item: unknown): void {
    const pod = readPod(item);
    if (!pod || !this.pods.has(pod.metadata.uid)) return;
    const { metadata } = pod;
    this.update({ ...pod, metadata: { ...metadata, deletionTimestamp: metadata.deletionTimestamp ?? this.now() } });
    this.drop(pod);
  }

  /** Looks again at what changes by time alone: a container that is still not ready. */
  refresh(): void {
    const waiting = new Set<string>();
    for (const { facts, place } of this.places.values()) {
      if (facts.health === 'starting') waiting.add(place.slice(0, place.indexOf('/')));
    }
    for (const uid of waiting) this.update(this.pods.get(uid)!);
  }

  private update(pod: Pod): void {
    const now = this.now();
    const { uid } = pod.metadata;
    this.pods.set(uid, pod);
    const shown = new Map(containersOf(pod, this.identities, this.places, now).map((one) => [one.place, one]));
    for (const [place, before] of this.places) {
      if (place.startsWith(`${uid}/`) && !shown.has(place))
        this.forget(before, pod.metadata.deletionTimestamp !== null);
    }
    for (const after of shown.values()) this.take(after, now);
  }

  private take(after: PodContainer, now: number): void {
    const before = this.places.get(after.place);
    if (!before && after.over) return this.identities.forget(after.place);
    this.places.set(after.place, after);
    this.byId.set(after.facts.id, after);
    for (const event of happenings(before, after, now)) this.onEvent(event);
    if (after.over) this.forget(after, true);
  }

  private drop({ metadata: { uid } }: Pod): void {
    this.pods.delete(uid);
    for (const [place, before] of this.places) if (place.startsWith(`${uid}/`)) this.forget(before, true);
  }

  private forget(before: PodContainer, endWanted: boolean): void {
    this.places.delete(before.place);
    this.byId.delete(before.facts.id);
    this.identities.forget(before.place);
    for (const event of vanished(before, endWanted, this.now())) this.onEvent(event);
  }
}

function readPod(item: unknown): Pod | undefined {
  return Pod.safeParse(item).data;
}
