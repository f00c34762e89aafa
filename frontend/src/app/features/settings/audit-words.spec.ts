import type { AuditEntry } from '@deckwatch/contracts';
import { changeOf, targetOf } from './audit-words.ts';

const entry = (before: unknown, after: unknown): AuditEntry => ({ t: 1, who: 'ada', action: 'set flag', target: '/api/v1/flags/x', from: '::1', before, after }); // prettier-ignore

describe('an entry of the audit log', () => {
  it.each([
    [null, null, ''],
    [{ value: false }, { value: true }, 'value: false → true'],
    [{ role: 'viewer', disabled: false }, { role: 'operator', disabled: false, passwordChanged: true }, 'role: viewer → operator, passwordChanged: – → true'], // prettier-ignore
    [{ name: 'a', revision: 4 }, { name: 'b' }, 'name: a → b'],
    [null, { username: 'vera', role: 'viewer' }, 'username: vera, role: viewer'],
    [{ name: 'ops', select: {} }, null, 'was name: ops, select: {}'],
    ['a', 'b', 'a → b'],
    [null, { text: 'x'.repeat(500) }, `text: ${'x'.repeat(60)}…`],
    [null, Object.fromEntries('abcdefghijkl'.split('').map((key) => [key, 1])), 'a: 1, b: 1, c: 1, d: 1, e: 1, f: 1, g: 1, h: 1, …'], // prettier-ignore
  ])('from %j to %j reads %s', (before, after, words) => {
    expect(changeOf(entry(before, after))).toBe(words);
  });

  it('tells times as times', () => {
    const words = changeOf(entry(null, { endsAt: Date.UTC(2026, 10, 28, 12) }));
    expect(words).toMatch(/^endsAt: .*2026/);
    expect(words).not.toContain('1795');
  });

  it('is about a thing, not about an address of the API', () => {
    expect(targetOf(entry(null, null))).toBe('/flags/x');
    expect(targetOf({ ...entry(null, null), target: 'vera' })).toBe('vera');
  });
});
