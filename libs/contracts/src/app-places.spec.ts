import { activeOn, appsOn } from './app-places.ts';

const runsOn = [
  { app: 'shop', project: 'shop', service: 'web' },
  { app: 'shop', project: 'shop', service: 'web' },
  { app: 'office', project: 'shop', service: 'web' },
  { app: 'wiki', project: 'wiki', service: 'app' },
];

describe('apps on containers', () => {
  it('are those whose sources name its project and service, each once', () => {
    expect(appsOn(runsOn, { project: 'shop', service: 'web' })).toEqual(['shop', 'office']);
    expect(appsOn(runsOn, { project: 'wiki', service: 'web' })).toEqual([]);
    expect(appsOn(runsOn, { project: null, service: null })).toEqual([]);
  });

  it('count together, and are unknown where no source names the container', () => {
    const byApp = { shop: 300, office: 12 };
    expect(activeOn({ byApp, runsOn }, { project: 'shop', service: 'web' })).toBe(312);
    expect(activeOn({ byApp, runsOn }, { project: 'wiki', service: 'app' })).toBe(0);
    expect(activeOn({ byApp, runsOn }, { project: 'shop', service: 'db' })).toBeNull();
  });
});
