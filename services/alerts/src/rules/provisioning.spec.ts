import { silentLog, VirtualClock } from '@deckwatch/testing';
import type { Provisioned } from './provisioning-file.ts';
import { readProvisioning } from './provisioning-file.ts';
import { Provisioning } from './provisioning.ts';

const GOOD = `
rules:
  - name: Busy database
    target: container
    select: { name: "db-*" }
    condition: { metric: cpu, op: ">", value: 80 }
    channels: [on-call]
  - name: Crowd in the shop
    target: sessions
    select: { app: shop }
    condition: { metric: active, op: ">", value: 500 }
silences:
  - id: backup
    matchers: { name: "db-*" }
    startsAt: 2026-11-28T22:00
    endsAt: 2026-11-28T23:00
    timeZone: Europe/Berlin
`;
const channels = new Set(['on-call']);

describe('a provisioning file', () => {
  it('holds rules and silences, and fills in what is left out', () => {
    const { rules, silences } = readProvisioning(GOOD, channels);
    expect(rules).toMatchObject([
      { id: 'busy_database', severity: 'warning', channels: ['on-call'] },
      { id: 'crowd_in_the_shop', target: 'sessions', select: { app: 'shop' } },
    ]);
    expect(silences).toMatchObject([{ id: 'backup', startsAt: Date.parse('2026-11-28T21:00:00Z') }]);
    expect(readProvisioning('', channels)).toEqual({ rules: [], silences: [] });
  });

  it.each([
    ['rules: [', '', /Flow sequence/],
    ['rulez: []', '', /rulez/],
    [GOOD.replace('cpu', 'noise'), 'rules.0.condition.metric', /no metric "noise"/],
    [GOOD.replace('on-call', 'nobody'), 'rules.0.channels.0', /no channel "nobody"/],
    [GOOD.replace('Europe/Berlin', 'Europe/Nowhere'), 'silences.0.timeZone', /no time zone/],
    [GOOD.replace('    startsAt: 2026-11-28T22:00\n', ''), 'silences.0.startsAt', /allowed/],
    [`${GOOD}  - { id: backup, matchers: { rule: x }, startsAt: 1, endsAt: 2 }`, 'silences', /there twice/],
  ])('that is wrong says where: %#', (text, path, message) => {
    expect(() => readProvisioning(text, channels)).toThrow(
      expect.objectContaining({ errors: [{ path, message: expect.stringMatching(message) }] }),
    );
  });
});

describe('provisioning', () => {
  it('takes the file when it changes; a wrong one leaves what was there and shows its fault', async () => {
    const clock = new VirtualClock();
    const applied: Provisioned[] = [];
    let text = GOOD;
    const provisioning = new Provisioning({
      path: 'rules.yaml',
      clock,
      log: silentLog,
      channels: () => channels,
      apply: (provisioned) => applied.push(provisioned),
      read: async () => text,
    });
    await provisioning.open();
    await clock.advance(10_000);
    expect(applied).toHaveLength(1);
    text = 'rules: 5';
    await clock.advance(3000);
    expect(applied).toHaveLength(1);
    expect(provisioning.status).toMatchObject({ rules: 2, silences: 1, fault: expect.stringContaining('rules') });
    expect(provisioning.status.errors).toMatchObject([{ path: 'rules' }]);
    text = '';
    await clock.advance(3000);
    expect(applied.at(-1)).toEqual({ rules: [], silences: [] });
    expect(provisioning.status).toMatchObject({ rules: 0, fault: null, errors: [] });
    provisioning.close();
    expect(clock.pending).toBe(0);
  });
});
