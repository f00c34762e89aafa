import type { Channel } from '@deckwatch/contracts';
import { draftOf, FIELDS, shownOf } from './channel-fields.ts';

describe('a channel as it is written', () => {
  it('has numbers as numbers, addresses one by one, and no field that is empty', () => {
    const texts = { host: ' mail.example.org ', port: '25', security: 'none', from: 'a@b.org', to: 'x@b.org, y@b.org;z@b.org', user: '' }; // prettier-ignore
    expect(draftOf('email', ' Ops ', false, texts)).toEqual({
      type: 'email',
      name: 'Ops',
      allowPrivate: false,
      host: 'mail.example.org',
      port: 25,
      security: 'none',
      from: 'a@b.org',
      to: ['x@b.org', 'y@b.org', 'z@b.org'],
    });
  });

  it('never shows a secret, and leaves one that is not typed as it was', () => {
    const channel = { type: 'webhook', url: 'https://a.org', secret: 'no' } as unknown as Channel;
    expect(FIELDS.webhook.map((field) => shownOf(channel, field))).toEqual(['https://a.org', '']);
    expect(draftOf('webhook', 'a', true, { url: 'https://a.org', secret: '' })).not.toHaveProperty('secret');
  });
});
