import type { AppPlace, SessionCount } from './session.ts';

/** What of a container tells which apps it serves. */
export interface Placed {
  project: string | null;
  service: string | null;
}

/** The apps that a container serves, as their sources say; none where no source says so. */
export function appsOn(places: readonly AppPlace[], { project, service }: Placed): string[] {
  const here = places.filter((place) => place.project === project && place.service === service);
  return [...new Set(here.map(({ app }) => app))];
}

/**
 * How many sessions are active on what a container serves; null: no source says that it serves an app. Containers of one
 * service share them, so each has all.
 */
export function activeOn({ byApp, runsOn }: Pick<SessionCount, 'byApp' | 'runsOn'>, container: Placed): number | null {
  const apps = appsOn(runsOn, container);
  return apps.length === 0 ? null : apps.reduce((sum, app) => sum + (byApp[app] ?? 0), 0);
}
