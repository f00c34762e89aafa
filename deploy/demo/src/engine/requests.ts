import type { SimulatedContainer } from '../simulation/simulated-container.ts';
import { hasLabel, type Filters } from './event-log.ts';
import { labelsOf } from './docker-views.ts';

/** A request that Docker would refuse too. */
export class BadRequest extends Error {}

/** What a path asks for; the version in front (`/v1.41`) says nothing here. */
export type Route =
  | { name: 'ping' | 'version' | 'info' | 'list' | 'events' }
  | { name: 'inspect' | 'stats'; container: string }
  | { name: 'unknown' };

export function routeOf(path: string): Route {
  const parts = path
    .replace(/^\/v\d+(\.\d+)?(?=\/)/, '')
    .split('/')
    .slice(1)
    .map(decode);
  const [first, second, third, ...rest] = parts;
  if (rest.length > 0 || parts.includes(undefined)) return { name: 'unknown' };
  if (second === undefined) {
    const names: Record<string, Route> = {
      _ping: { name: 'ping' }, version: { name: 'version' }, info: { name: 'info' }, events: { name: 'events' },
    }; // prettier-ignore
    return (Object.hasOwn(names, first ?? '') && names[first ?? '']) || { name: 'unknown' };
  }
  if (first !== 'containers') return { name: 'unknown' };
  if (third === undefined) return second === 'json' ? { name: 'list' } : { name: 'unknown' };
  if (third === 'json') return { name: 'inspect', container: second };
  return third === 'stats' ? { name: 'stats', container: second } : { name: 'unknown' };
}

function decode(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}

/** Docker's booleans: absent takes the default; `0`, `false` and empty are false. */
export function flag(text: string | null, absent: boolean): boolean {
  return text === null ? absent : !['', '0', 'false', 'no'].includes(text.toLowerCase());
}

/** `filters` is JSON: `{"type":["container"]}`, or in the older spelling `{"type":{"container":true}}`. Throws BadRequest. */
export function readFilters(text: string | null): Filters {
  if (!text) return {};
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw new BadRequest('filters is not JSON');
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed))
    throw new BadRequest('filters is no object');
  return Object.fromEntries(Object.entries(parsed).map(([kind, values]) => [kind, filterValues(values)]));
}

function filterValues(values: unknown): string[] {
  if (Array.isArray(values)) return values.map(String);
  if (typeof values === 'object' && values !== null) return Object.keys(values);
  throw new BadRequest('a filter is neither a list nor an object');
}

/** A point in time as Docker takes it: seconds, with a fraction, or a date. Unix milliseconds. Throws BadRequest. */
export function readTime(text: string | null): number | null {
  if (text === null || text === '') return null;
  const t = /^\d+(\.\d+)?$/.test(text) ? Number(text) * 1000 : Date.parse(text);
  if (Number.isFinite(t)) return t;
  throw new BadRequest(`not a time: ${text.slice(0, 40)}`);
}

/** Whether a list shows a container: running ones alone, unless all or a state are asked for. */
export function isListed(container: SimulatedContainer, all: boolean, filters: Filters): boolean {
  const { status, label, id, name } = filters;
  if (status ? !status.includes(container.state) : !all && !container.running && container.state !== 'restarting')
    return false;
  const labels = labelsOf(container.plan);
  if (label?.some((wanted) => !hasLabel(labels, wanted))) return false;
  if (id && !id.some((digits) => container.id.startsWith(digits))) return false;
  return !name || name.some((part) => container.plan.name.includes(part.replace(/^\//, '')));
}
