import { OLDER, withNotifications } from './notifications.ts';

const sorted = (flags: string | undefined): string | undefined => flags && [...flags].sort().join('');

describe('the flags of keyspace notifications', () => {
  it.each<[string, string | undefined]>([
    ['', 'KEAn'],
    ['K', 'KEAn'],
    ['Ex', 'KEAnx'],
    ['Km', 'KEAnm'],
    ['AKE', 'KEAn'],
    ['AKEm', 'KEAnm'],
    ['AKn', 'KEAn'],
    ['g$lshzxetdKE', 'KEAng$lshzxetd'],
    ['g$lshzxeKEn', 'KEAng$lshzxe'],
    ['AKEn', undefined],
    ['AKEmn', undefined],
    ['nEKA', undefined],
    ['g$lshzxetdKEn', undefined],
  ])('"%s" becomes %s: what is missing is added, and all that was set stays', (flags, expected) => {
    expect(sorted(withNotifications(flags))).toBe(sorted(expected));
  });

  it.each<[string, string | undefined]>([
    ['', 'KEA'],
    ['Kx', 'KEAx'],
    ['AKE', undefined],
    ['g$lshzxetdKE', undefined],
  ])('a Redis without new keys: "%s" becomes %s', (flags, expected) => {
    expect(sorted(withNotifications(flags, OLDER))).toBe(sorted(expected));
  });
});
