import { silentLog, VirtualClock } from '@deckwatch/testing';
import type { Provisioned } from './provisioning-file.ts';
import { readProvisioning, type FileSurroundings } from './provisioning-file.ts';
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
const around: FileSurroundings = {
  channels,
  references: {
    env: { HOOK: 'https://hooks.slack.com/services/T000/B000/XXXX', TOPIC: 'deck' },
    read: async (path) => (path === '/run/token' ? 'tk_secret\n' : Promise.reject(Object.assign(new Error(), { code: 'ENOENT' }))), // prettier-ignore
  },
};
const withChannels = (...lines: string[]) => `
channels:
${lines.map((line) => `  - ${line}`).join('\n')}
rules:
  - { name: Busy, target: container, condition: { metric: cpu, op: ">", value: 80 }, channels: [chat] }
`;
const CHAT = '{ id: chat, name: Chat, type: slack, url: "${HOOK}" }';

describe('a provisioning file', () => {
  it('holds rules and silences, and fills in what is left out', async () => {
    const { rules, silences } = await readProvisioning(GOOD, around);
    expect(rules).toMatchObject([
      { id: 'busy_database', severity: 'warning', channels: ['on-call'] },
      { id: 'crowd_in_the_shop', target: 'sessions', select: { app: 'shop' } },
    ]);
    expect(silences).toMatchObject([{ id: 'backup', startsAt: Date.parse('2026-11-28T21:00:00Z') }]);
    expect(await readProvisioning('', around)).toEqual({ rules: [], channels: [], silences: [] });
  });

  it.each([
    ['rules: [', '', /Flow sequence/],
    ['rulez: []', '', /rulez/],
    [GOOD.replace('cpu', 'noise'), 'rules.0.condition.metric', /no metric "noise"/],
    [GOOD.replace('on-call', 'nobody'), 'rules.0.channels.0', /no channel "nobody"/],
    [GOOD.replace('Europe/Berlin', 'Europe/Nowhere'), 'silences.0.timeZone', /no time zone/],
    [GOOD.replace('    startsAt: 2026-11-28T22:00\n', ''), 'silences.0.startsAt', /allowed/],
    [`${GOOD}  - { id: backup, matchers: { rule: x }, startsAt: 1, endsAt: 2 }`, 'silences', /there twice/],
    [withChannels(CHAT.replace('${HOOK}', 'https://hooks.slack.com/x')), 'channels.0.url', /a secret: write .*urlFile/],
    [withChannels(CHAT.replace('HOOK', 'NONE')), 'channels.0.url', /variable NONE is not set/],
    [
      withChannels(CHAT, '{ name: N, type: ntfy, url: "https://ntfy.sh/x", tokenFile: /none }'),
      'channels.1.tokenFile',
      /cannot be read \(ENOENT\)/,
    ],
    [
      withChannels(CHAT, '{ name: N, type: ntfy, url: "https://ntfy.sh/x", topic: y }'),
      'channels.1.topic',
      /no such field/,
    ],
    [withChannels(CHAT, '{ name: N, type: webhook, url: "http://127.0.0.1/x" }'), 'channels.1.url', /127\.0\.0\.1/],
    [withChannels(CHAT, '{ name: N, type: pigeon }'), 'channels.1.type', /webhook/],
    [withChannels(CHAT, CHAT), 'channels', /"chat" is there twice/],
    [withChannels(CHAT.replace('type: slack', 'type: heartbeat')), 'rules.0.channels.0', /no channel "chat"/],
  ])('that is wrong says where: %#', async (text, path, message) => {
    await expect(readProvisioning(text, around)).rejects.toThrow(
      expect.objectContaining({ errors: [{ path, message: expect.stringMatching(message) }] }),
    );
  });

  it('holds channels, their secrets in variables and files', async () => {
    const text = withChannels(
      CHAT,
      '{ name: Push, type: ntfy, url: "https://ntfy.sh/${TOPIC}", tokenFile: /run/token }',
    );
    expect((await readProvisioning(text, around)).channels).toMatchObject([
      {
        channel: { id: 'chat', sealed: null, origin: 'https://hooks.slack.com' },
        secret: around.references.env['HOOK'],
      },
      { channel: { id: 'push', url: 'https://ntfy.sh/deck', perMinute: 60 }, secret: 'tk_secret' },
    ]);
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
      references: around.references,
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
    expect(applied.at(-1)).toEqual({ rules: [], channels: [], silences: [] });
    expect(provisioning.status).toMatchObject({ rules: 0, fault: null, errors: [] });
    provisioning.close();
    expect(clock.pending).toBe(0);
  });

  it('takes the file again when the file of a secret changes', async () => {
    const clock = new VirtualClock();
    const applied: Provisioned[] = [];
    let secret = 'first';
    const provisioning = new Provisioning({
      path: 'rules.yaml',
      clock,
      log: silentLog,
      channels: () => channels,
      references: { env: {}, read: async () => secret },
      apply: (provisioned) => applied.push(provisioned),
      read: async () => 'channels: [{ name: Push, type: ntfy, url: "https://ntfy.sh/x", tokenFile: /run/token }]',
    });
    await provisioning.open();
    await clock.advance(10_000);
    secret = 'second';
    await clock.advance(4000);
    expect(applied.map((one) => one.channels[0]!.secret)).toEqual(['first', 'second']);
    expect(provisioning.status).toMatchObject({ channels: 1, fault: null });
    provisioning.close();
  });
});
