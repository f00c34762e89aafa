import fc from 'fast-check';
import { containerKey, parseSubject, shortId, subjects, targetId, token } from './subjects.ts';

describe('a name in a subject', () => {
  it.each([
    ['Web-01', 'web-01'],
    ['my.host.local', 'my_host_local'],
    ['Größe 1', 'gr__e_1'],
    ['a>b*c', 'a_b_c'],
    ['', '_'],
  ])('writes %j as %j', (name, expected) => {
    expect(token(name)).toBe(expected);
  });

  it('is always one token that NATS takes, and stays as it is when written again', () => {
    fc.assert(
      fc.property(fc.string(), (name) => {
        const written = token(name);
        expect(written).toMatch(/^[a-z0-9\-_]+$/);
        expect(token(written)).toBe(written);
      }),
      { seed: 1 },
    );
  });
});

describe('subjects', () => {
  const id = shortId('0123456789abcdef0123');

  it('name a container by its host and short id', () => {
    expect(subjects.container('web', id)).toBe('deckwatch.containers.web.0123456789ab');
    expect(subjects.containerStats('web', id)).toBe('deckwatch.stats.web.0123456789ab');
  });

  it('write the target of an alert without dots', () => {
    expect(targetId(containerKey('web', id))).toBe('web-0123456789ab');
    expect(subjects.alert('host-cpu', containerKey('web', id))).toBe('deckwatch.alerts.host-cpu.web-0123456789ab');
  });

  it('are read back by kind and length alone', () => {
    expect(parseSubject('deckwatch.stats.web', 'stats', 1)).toEqual(['web']);
    expect(parseSubject('deckwatch.stats.web.0123456789ab', 'stats', 1)).toBeUndefined();
    expect(parseSubject('other.stats.web', 'stats', 1)).toBeUndefined();
    expect(parseSubject('deckwatch.hosts.web', 'stats', 1)).toBeUndefined();
  });
});
