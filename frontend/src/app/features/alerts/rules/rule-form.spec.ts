import type { StoredRule } from '@deckwatch/contracts';
import { changed, formOf, readForm } from './rule-form.ts';

const stored = (over: Partial<StoredRule>): StoredRule => ({
  id: 'r1',
  name: 'Busy',
  enabled: true,
  severity: 'critical',
  target: 'container',
  select: { name: 'shop-*', labels: { tier: 'web' } },
  condition: { metric: 'mem', op: '>', value: 500 * 2 ** 20, clear: 400 * 2 ** 20 },
  forMs: 90_000,
  keepMs: 0,
  channels: ['ops'],
  notify: { groupMs: 10_000, repeatMs: 3_600_000 },
  noData: 'alert',
  revision: 7,
  provisioned: false,
  ...over,
});

describe('a rule in its form', () => {
  it.each([
    stored({}),
    stored({ condition: { event: ['died', 'oom'], count: 3, withinMs: 300_000 }, forMs: 0 }),
    stored({ target: 'sessions', select: { app: 'shop' }, condition: { metric: 'active', change: 'drop', percent: 30, withinMs: 60_000 } }), // prettier-ignore
    stored({ target: 'host', select: {}, condition: { metric: 'cpuPercent', op: '>=', value: 80 } }),
  ])('comes back as it was: %#', (rule) => {
    const { id: _, revision: __, provisioned: ___, ...draft } = rule;
    expect(readForm(formOf(rule))).toEqual({ draft });
  });

  it('reads figures and times as people type them', () => {
    const form = changed(formOf(stored({})), { value: '1 GiB', clear: '', for: '5 min', labels: '' });
    expect(readForm(form)).toMatchObject({ draft: { condition: { value: 2 ** 30 }, forMs: 300_000, select: { name: 'shop-*' } } }); // prettier-ignore
  });

  it('says of each field what cannot be read', () => {
    const form = changed(formOf(null), { name: ' ', value: 'much', for: 'long', labels: 'tier' });
    const answer = readForm(form);
    expect('faults' in answer && Object.keys(answer.faults).sort()).toEqual(['for', 'labels', 'name', 'value']);
  });

  it('keeps to what the target has', () => {
    const events = changed(formOf(null), { kind: 'event' });
    expect(changed(events, { target: 'host' })).toMatchObject({ kind: 'threshold', metric: 'cpu' });
    expect(changed(events, { target: 'sessions' }).metric).toBe('active');
    const labelled = changed(formOf(stored({ forMs: 0 })), {
      target: 'sessions',
      select: { app: 'shop' },
      value: '80',
      clear: '',
    });
    expect(readForm(labelled)).toMatchObject({ draft: { select: { app: 'shop' }, condition: { metric: 'active' } } });
    const { draft } = readForm(labelled) as { draft: StoredRule };
    expect(draft.select).toEqual({ app: 'shop' });
  });
});
