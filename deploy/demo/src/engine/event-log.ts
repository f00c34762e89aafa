import type { Fleet, FleetEvent } from '../simulation/fleet.ts';

const MOST_EVENTS = 2000;

/** Which events a client wants: as Docker's `filters`, a list of allowed values for each kind of filter. */
export type Filters = Record<string, string[]>;

export type EngineEvent = FleetEvent & {
  /** The line that goes out. */
  line: string;
  labels: Record<string, string>;
};

/** The engine's announcements: the latest are kept for whoever asks for `since`, new ones go to all followers. */
export class EventLog {
  private readonly events: EngineEvent[] = [];
  private readonly followers = new Set<(event: EngineEvent) => void>();
  private count = 0;

  constructor(private readonly labelsOf: (name: string) => Record<string, string>) {}

  add(event: FleetEvent): void {
    const labels = this.labelsOf(event.name);
    this.count += 1;
    const entry = { ...event, labels, line: eventLine(event, labels, this.count) };
    this.events.push(entry);
    if (this.events.length > MOST_EVENTS) this.events.shift();
    for (const follow of this.followers) follow(entry);
  }

  /** Those of a time span, Unix milliseconds, both ends included. */
  between(since: number, until: number): EngineEvent[] {
    return this.events.filter(({ t }) => t >= since && t <= until);
  }

  /** Returns how to stop following. */
  follow(take: (event: EngineEvent) => void): () => void {
    this.followers.add(take);
    return () => this.followers.delete(take);
  }

  get following(): number {
    return this.followers.size;
  }
}

/** One line as Docker's `GET /events` writes it. `order` makes the nanoseconds of a same millisecond rise. */
export function eventLine(event: FleetEvent, labels: Record<string, string>, order: number): string {
  const { t, id, name, image, action, attributes } = event;
  const text = JSON.stringify({
    status: action,
    id,
    from: image,
    Type: 'container',
    Action: action,
    Actor: { ID: id, Attributes: { ...labels, image, name, ...attributes } },
    scope: 'local',
    time: Math.floor(t / 1000),
  });
  // Nanoseconds are beyond what a JavaScript number holds exactly.
  return `${text.slice(0, -1)},"timeNano":${t}${String(order % 1_000_000).padStart(6, '0')}}\n`;
}

/** Whether an event passes. Filters of a kind that is not known here let everything pass. */
export function passes(event: EngineEvent, filters: Filters): boolean {
  const allows = (kind: string, test: (value: string) => boolean): boolean => {
    const values = filters[kind];
    return values === undefined || values.length === 0 || values.some(test);
  };
  return (
    allows('type', (type) => type === 'container') &&
    // Docker compares up to the colon too: `health_status` takes `health_status: healthy`.
    allows('event', (name) => event.action === name || event.action.startsWith(`${name}:`)) &&
    allows('container', (reference) => event.id.startsWith(reference) || event.name === reference) &&
    allows('image', (image) => event.image === image || event.image.startsWith(`${image}:`)) &&
    allows('label', (label) => hasLabel(event.labels, label))
  );
}

/** `key` or `key=value`. */
export function hasLabel(labels: Record<string, string>, label: string): boolean {
  const at = label.indexOf('=');
  return at < 0 ? Object.hasOwn(labels, label) : labels[label.slice(0, at)] === label.slice(at + 1);
}

/** The events of a fleet on their way into its log. */
export function liveOn(fleet: Fleet, log: EventLog, t: number): void {
  for (const event of fleet.advance(t)) log.add(event);
}
