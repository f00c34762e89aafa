import { flagOf, parseTopic, PLAIN_TOPICS } from './topics.ts';

describe('a topic', () => {
  it.each(Object.entries(PLAIN_TOPICS))('%s is known by its name', (name, { kind }) => {
    expect(parseTopic(name)).toEqual({ name, kind });
  });

  it('may be the stats of one host or one container', () => {
    expect(parseTopic('stats.web')).toEqual({ name: 'stats.host', kind: 'state', host: 'web' });
    expect(parseTopic('stats.web.0123456789ab')).toEqual({
      name: 'stats.container',
      kind: 'state',
      host: 'web',
      id: '0123456789ab',
    });
  });

  it.each([
    '',
    'nothing',
    'stats.',
    'stats.Web',
    'stats.web.short',
    'stats.web.0123456789ab.x',
    'constructor',
    '__proto__',
  ])('is not %j', (text) => {
    expect(parseTopic(text)).toBeUndefined();
  });

  it.each([
    ['stats', 'containerStats'],
    ['stats.visible', 'containerStats'],
    ['stats.web', 'containerStats'],
    ['sessions.events', 'sessionEvents'],
    ['alerts', 'systemAlerts'],
    ['hosts', null],
  ])('%s is switched off by %s', (name, flag) => {
    expect(flagOf(parseTopic(name)!)).toBe(flag);
  });
});
